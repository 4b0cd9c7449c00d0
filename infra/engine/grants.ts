import { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { EnvironmentName } from '../../lambdas/runtime/environment.ts';
import { acknowledge } from '../acknowledge.ts';
import type { Grant } from '../functions.ts';
import { ENGINE, functionName } from '../names.ts';
import type { FunctionRole } from './function-role.ts';

/** What the grants are about. */
export interface Shared {
  readonly table: Table;
  readonly topic: Topic;
  /** Where the runbook is read, without a heading: messages link to it. */
  readonly runbook: string;
}

/** A grant, spelt out. */
interface Given {
  readonly actions: readonly string[];
  /** ARNs, from the partition on. */
  readonly resources: readonly string[];
  readonly environment: Partial<Record<EnvironmentName, string>>;
  /** Why the resources have a wildcard, where they have. */
  readonly wildcard?: string;
}

const given = (grant: Grant, stack: Stack, { table, topic, runbook }: Shared): Given => {
  const arn = (service: string, resource: string, region = stack.region): string =>
    `arn:${stack.partition}:${service}:${region}:${stack.account}:${resource}`;
  const machine = arn('states', `stateMachine:${ENGINE.stateMachine}`);
  const call = (name: string, variable: EnvironmentName): Given => ({
    actions: ['lambda:InvokeFunction'],
    resources: [arn('lambda', `function:${functionName(name)}`)],
    environment: { [variable]: functionName(name) },
  });

  switch (grant) {
    case 'serviceRole':
      return {
        actions: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
        resources: [arn('iam', `role${ENGINE.servicePath}*`, '')],
        environment: {},
        wildcard: 'Services come and go without the engine; each service role says itself whom it trusts.',
      };
    case 'table':
      return {
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        resources: [table.tableArn],
        environment: { TABLE_NAME: table.tableName },
      };
    case 'topic':
      return {
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        environment: { TOPIC_ARN: topic.topicArn, RUNBOOK: runbook },
      };
    case 'startExecution':
      return {
        // A name that is taken is asked after: is it the execution that was wanted, or one of long ago?
        actions: ['states:StartExecution', 'states:DescribeExecution'],
        resources: [machine, arn('states', `execution:${ENGINE.stateMachine}:*`)],
        wildcard: 'Executions are named after releases, which come later.',
        environment: { STATE_MACHINE_ARN: machine },
      };
    case 'readExecutions':
      return {
        actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
        resources: [arn('states', `execution:${ENGINE.stateMachine}:*`)],
        environment: { STATE_MACHINE_ARN: machine },
        wildcard: 'Executions have names of their own; these are the executions of the one state machine.',
      };
    case 'specs':
      return {
        actions: ['ssm:GetParameter'],
        resources: [arn('ssm', 'parameter/stepcanary/*')],
        environment: {},
        wildcard: 'Services come and go without the engine; nothing but specs stands under /stepcanary/.',
      };
    case 'readWorkload':
      return call('read-workload', 'READ_WORKLOAD_FUNCTION');
    case 'retireCanary':
      return call('retire-canary', 'RETIRE_CANARY_FUNCTION');
  }
};

/** Gives a role what the grants say, and returns the environment that goes with them. */
export const applyGrants = (
  role: FunctionRole,
  grants: readonly Grant[],
  shared: Shared,
): Record<string, string> => {
  const environment: Record<string, string> = {};
  for (const grant of grants) {
    const { actions, resources, environment: variables, wildcard } = given(grant, Stack.of(role), shared);
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    Object.assign(environment, variables);
    if (wildcard === undefined) continue;
    for (const resource of resources) acknowledge(role, `AwsSolutions-IAM5[Resource::${resource}]`, wildcard);
  }
  return environment;
};
