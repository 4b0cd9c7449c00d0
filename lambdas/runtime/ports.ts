import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EKSClient } from '@aws-sdk/client-eks';
import { XRayClient } from '@aws-sdk/client-xray';
import { AppMeshRouter, appMeshClient } from '../adapters/app-mesh.ts';
import { CloudWatchSource, virtualServicesOf } from '../adapters/cloudwatch/cloudwatch.ts';
import { DynamoDbStore } from '../adapters/dynamodb-store.ts';
import { EcrImages } from '../adapters/ecr.ts';
import { EksClusters } from '../adapters/eks.ts';
import { StepFunctionsExecutions } from '../adapters/executions.ts';
import { callFunction } from '../adapters/functions.ts';
import type { DeployedService } from '../adapters/spec-parameters.ts';
import { XRaySource } from '../adapters/xray.ts';
import type { PreflightPorts } from '../core/preflight/aws.ts';
import type { RolloutInput } from '../core/rollout.ts';
import type { ReadWorkloadResult } from '../core/tasks.ts';
import { environment } from './environment.ts';
import { serviceCredentials } from './service-role.ts';

/** A rollout's input, and the execution that acts for it where there is one. */
export type Acting = Pick<RolloutInput, 'spec' | 'target' | 'roleArn'> & {
  readonly execution?: { readonly name: string };
};

/** What a client needs to act for a service: its role, in its target's region. */
const actingFor = (acting: Acting, actor?: string) => ({
  region: acting.target.region,
  credentials: serviceCredentials(acting, actor),
});

/** The engine's own table. */
export const rolloutStore = () => new DynamoDbStore(environment('TABLE_NAME'));

/** Executions of the engine's own machine. */
export const executions = () => new StepFunctionsExecutions(environment('STATE_MACHINE_ARN'));

/** The service's route. */
export const trafficRouter = (acting: Acting, actor?: string) =>
  new AppMeshRouter(acting.spec.router.appMesh, appMeshClient(acting, serviceCredentials(acting, actor)));

/** The service's metrics. */
export const metricSource = (acting: Acting, actor?: string) =>
  new CloudWatchSource(new CloudWatchClient(actingFor(acting, actor)), {
    ...acting.spec.analysis.source.cloudWatch,
    virtualServices: virtualServicesOf(acting.spec),
  });

/** The service's traces. */
export const traceSource = (acting: Acting, actor?: string) =>
  new XRaySource(new XRayClient(actingFor(acting, actor)));

/** The service's images. */
export const imageRepository = (acting: Acting, actor?: string) =>
  new EcrImages(new ECRClient(actingFor(acting, actor)));

/** The service's cluster. */
export const clusterDirectory = (acting: Acting, actor?: string) =>
  new EksClusters(new EKSClient(actingFor(acting, actor)));

/** All that the preflight reads of AWS. */
export const preflightPorts = (acting: Acting): PreflightPorts => ({
  router: trafficRouter(acting),
  clusters: clusterDirectory(acting),
  images: imageRepository(acting),
  metrics: metricSource(acting),
});

/** The digest that the service's primary runs; undefined where the cluster cannot tell, which the preflight will say. */
export const runningDigest = async (service: DeployedService): Promise<string | undefined> => {
  const found = await clusterDirectory(service, 'start-rollout').describe(service.target.cluster);
  if (found === undefined) return undefined;
  const question = { input: service, cluster: found.cluster };
  const answer = await callFunction<ReadWorkloadResult>(
    environment('READ_WORKLOAD_FUNCTION'),
    question,
  ).catch(() => undefined);
  return answer?.digest;
};
