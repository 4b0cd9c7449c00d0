import type { IamStore } from '../../aws/iam/store.ts';
import type { FunctionPolicies } from '../../lambda/function-policies.ts';
import type { LambdaHost } from '../../lambda/host.ts';
import type { Queues } from '../../queues.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { ResourceProviders } from '../provider.ts';
import { dataResources } from './data.ts';
import { eventResources } from './events.ts';
import { iamResources } from './iam.ts';
import { lambdaResources } from './lambda.ts';
import { queueResources, topicResources } from './messaging.ts';
import { type EnsureCluster, operationsResources } from './operations.ts';
import { stepFunctionsResources } from './states.ts';

/** What resources are created in, beside the APIs. */
export interface ResourceParts {
  readonly iam: IamStore;
  readonly lambda: LambdaHost;
  readonly functionPolicies: FunctionPolicies;
  readonly queues: Queues;
  readonly telemetry: Telemetry;
  /** Registers the EKS cluster that an access entry speaks of. */
  readonly ensureCluster: EnsureCluster;
  /** For functions' code that stands in the template. */
  readonly folder: string;
}

/** Every resource type that the sandbox has. */
export const allResources = (parts: ResourceParts): ResourceProviders => ({
  ...iamResources(parts.iam),
  ...lambdaResources(parts.lambda, parts.functionPolicies, parts.folder),
  ...stepFunctionsResources(parts.telemetry),
  ...topicResources,
  ...queueResources(parts.queues),
  ...eventResources,
  ...dataResources,
  ...operationsResources(parts.telemetry, parts.ensureCluster),
});
