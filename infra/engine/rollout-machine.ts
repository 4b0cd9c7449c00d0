import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { ENGINE, functionName, substitutionOf } from '../names.ts';
import { checkSubstitutions } from './definition.ts';
import type { EngineFunction } from './engine-function.ts';

/** What the machine is made from. */
export interface RolloutMachineProps {
  /** The text of the definition, with a `${…FunctionArn}` for each state function. */
  readonly definition: string;
  /** The functions that its states call. */
  readonly functions: readonly EngineFunction[];
}

/**
 * The state machine, its log and its role. The definition stands as text in the template, as `fromFile` would move it to
 * an asset; each state calls a published version, so that an engine upgrade leaves rollouts under way alone.
 */
export class RolloutMachine extends Construct {
  readonly stateMachine: StateMachine;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { definition, functions }: RolloutMachineProps) {
    super(scope, id);
    checkSubstitutions(definition);
    this.logGroup = new LogGroup(this, 'Logs', {
      // Below /aws/vendedlogs/ the account's policy for log delivery does not grow with each machine (CloudWatch Logs).
      logGroupName: `/aws/vendedlogs/states/${ENGINE.stateMachine}`,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = this.#role(functions);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: ENGINE.stateMachine,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: Object.fromEntries(
        functions.map((each) => [substitutionOf(each.spec.name), each.function.currentVersion.functionArn]),
      ),
      logs: { destination: this.logGroup, level: LogLevel.ALL, includeExecutionData: true },
      tracingEnabled: true,
      role,
    });
  }

  #role(functions: readonly EngineFunction[]): Role {
    const { partition, region, account } = Stack.of(this);
    const role = new Role(this, 'Role', {
      path: ENGINE.machinePath,
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: 'stepcanary: the state machine',
    });
    const versions = functions.map(
      (each) => `arn:${partition}:lambda:${region}:${account}:function:${functionName(each.spec.name)}:*`,
    );
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: versions }));
    for (const version of versions) {
      acknowledge(
        role,
        `AwsSolutions-IAM5[Resource::${version}]`,
        'Rollouts under way call the versions that they started with, those of the engine before included.',
      );
    }
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'Delivery of logs and traces is set up with actions that know no resource (Step Functions guide).',
    );
    return role;
  }
}
