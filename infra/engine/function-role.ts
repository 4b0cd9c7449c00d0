import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { ENGINE } from '../names.ts';

/** What a role of one function is made for. */
export interface FunctionRoleProps {
  /** The function's verb. */
  readonly name: string;
  readonly logGroup: LogGroup;
  /** Whether the function gets network interfaces in a VPC. */
  readonly inVpc: boolean;
}

/** The role of one function: it may log and, in a VPC, keep its network interface; grants add the rest. */
export class FunctionRole extends Role {
  constructor(scope: Construct, id: string, { name, logGroup, inVpc }: FunctionRoleProps) {
    super(scope, id, {
      path: ENGINE.enginePath,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `stepcanary: the function ${name}`,
    });
    this.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    acknowledge(
      this,
      'AwsSolutions-IAM5[Resource::*]',
      inVpc
        ? 'Active tracing knows no resource, and Lambda checks the actions on network interfaces on every resource.'
        : 'Active tracing: xray:PutTraceSegments and PutTelemetryRecords know no resource.',
    );
    if (inVpc) this.#allowNetworkInterface();
  }

  #allowNetworkInterface(): void {
    this.addToPolicy(
      new PolicyStatement({
        actions: [
          'ec2:CreateNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:DeleteNetworkInterface',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ],
        resources: ['*'],
      }),
    );
  }
}
