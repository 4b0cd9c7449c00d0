import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Bundles } from '../bundle.ts';
import type { EngineFunction as EngineFunctionSpec } from '../functions.ts';
import { ENGINE, functionName } from '../names.ts';
import type { Network } from '../targets.ts';
import { FunctionRole } from './function-role.ts';
import { applyGrants, type Shared } from './grants.ts';

/** What a function of the engine is made from. */
export interface EngineFunctionProps {
  readonly spec: EngineFunctionSpec;
  readonly bundles: Bundles;
  readonly shared: Shared;
  /** @default - no VPC; only functions that talk to Kubernetes are put into it */
  readonly network?: Network | undefined;
}

/** One function with its log group and its role. */
export class EngineFunction extends Construct {
  readonly function: LambdaFunction;
  readonly spec: EngineFunctionSpec;

  constructor(scope: Construct, id: string, { spec, bundles, shared, network }: EngineFunctionProps) {
    super(scope, id);
    this.spec = spec;
    const inVpc = spec.kubernetes && network !== undefined;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName(spec.name)}`,
      retention: RetentionDays.THREE_MONTHS,
      // What decided is recorded in the table; logs go with the engine, so that it can be set up again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new FunctionRole(this, 'Role', { name: spec.name, logGroup, inVpc });
    const environment = applyGrants(role, spec.grants, shared);
    this.function = new LambdaFunction(this, 'Function', {
      functionName: functionName(spec.name),
      description: `stepcanary: ${spec.name.replaceAll('-', ' ')}`,
      code: Code.fromAsset(bundles.folderOf(spec.name)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: spec.memoryMegabytes,
      timeout: Duration.seconds(spec.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
      environment: {
        POWERTOOLS_SERVICE_NAME: ENGINE.metrics,
        POWERTOOLS_METRICS_NAMESPACE: ENGINE.metrics,
        LOG_LEVEL: 'INFO',
        ...environment,
      },
      // A rollout runs on the versions that it started with, so those of the engine before stay.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    if (inVpc) this.#putInto(network);
    acknowledge(
      this.function,
      'Serverless-LambdaDLQ',
      spec.caller === 'events'
        ? 'An on-failure destination takes the events, with their error, into the queue of undelivered events.'
        : 'Called synchronously: the caller gets the error and decides, so no event can be lost.',
    );
  }

  /** By ids, as a lookup would need credentials at synthesis. */
  #putInto({ subnetIds, securityGroupIds }: Network): void {
    const resource = this.function.node.defaultChild as CfnFunction;
    resource.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] };
  }
}
