import { AppMeshRouter, appMeshClient } from '../adapters/app-mesh.ts';
import { DynamoDbStore } from '../adapters/dynamodb-store.ts';
import { StepFunctionsExecutions } from '../adapters/executions.ts';
import type { RolloutInput } from '../core/rollout.ts';
import { environment } from './environment.ts';
import { serviceCredentials } from './service-role.ts';

/** A rollout's input, and the execution that acts for it where there is one. */
export type Acting = Pick<RolloutInput, 'spec' | 'target' | 'roleArn'> & {
  readonly execution?: { readonly name: string };
};

/** The engine's own table. */
export const rolloutStore = () => new DynamoDbStore(environment('TABLE_NAME'));

/** Executions of the engine's own machine. */
export const executions = () => new StepFunctionsExecutions(environment('STATE_MACHINE_ARN'));

/** The service's route, with the service's role. */
export const trafficRouter = (acting: Acting, actor?: string) =>
  new AppMeshRouter(acting.spec.router.appMesh, appMeshClient(acting, serviceCredentials(acting, actor)));
