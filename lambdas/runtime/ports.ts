import { AppMeshClient } from '@aws-sdk/client-app-mesh';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EKSClient } from '@aws-sdk/client-eks';
import { SFNClient } from '@aws-sdk/client-sfn';
import { XRayClient } from '@aws-sdk/client-xray';
import { DynamoDbStore } from '../adapters/dynamodb-store.ts';
import { EcrImages } from '../adapters/ecr.ts';
import { EksClusters } from '../adapters/eks.ts';
import { StepFunctionsExecutions } from '../adapters/executions.ts';
import { trafficRouterOf } from '../adapters/traffic-router.ts';
import { XRaySource } from '../adapters/xray/summary.ts';
import type { PreflightPorts } from '../core/preflight/aws.ts';
import { type Acting, actingClient, own } from './clients.ts';
import { environment } from './environment.ts';
import { metricSource } from './metric-source.ts';

/** The engine's own table. */
export const rolloutStore = () => new DynamoDbStore(environment('TABLE_NAME'), own(DynamoDBClient));

/** Executions of the engine's own machine. */
export const executions = () => new StepFunctionsExecutions(environment('STATE_MACHINE_ARN'), own(SFNClient));

/** The service's route. */
export const trafficRouter = (acting: Acting, actor?: string, writable?: AbortSignal) =>
  trafficRouterOf(acting.spec, actingClient(AppMeshClient, acting, actor), writable);

/** The service's traces. */
export const traceSource = (acting: Acting, actor?: string) =>
  new XRaySource(actingClient(XRayClient, acting, actor));

/** The service's images. */
export const imageRepository = (acting: Acting, actor?: string) =>
  new EcrImages(actingClient(ECRClient, acting, actor));

/** The service's cluster. */
export const clusterDirectory = (acting: Acting, actor?: string) =>
  new EksClusters(actingClient(EKSClient, acting, actor));

/** All that the preflight reads of AWS. */
export const preflightPorts = (acting: Acting): PreflightPorts => ({
  router: trafficRouter(acting),
  clusters: clusterDirectory(acting),
  images: imageRepository(acting),
  metrics: metricSource(acting),
});
