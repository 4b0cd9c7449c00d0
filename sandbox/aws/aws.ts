import type { Clock } from '../clock.ts';
import type { Passthrough } from './attempt.ts';
import { IamStore } from './iam/store.ts';
import type { Behaviours } from './service.ts';
import { appMesh } from './services/app-mesh/app-mesh.ts';
import { resourceTags } from './services/app-mesh/resource-tags.ts';
import { MeshStore } from './services/app-mesh/store.ts';
import { dynamodb } from './services/dynamodb.ts';
import { ecr } from './services/ecr/ecr.ts';
import { ImageRegistry } from './services/ecr/registry.ts';
import { ClusterStore, eks } from './services/eks.ts';
import { EventBuses } from './services/events/bus.ts';
import type { DelivererOptions } from './services/events/delivery.ts';
import { events } from './services/events/events.ts';
import { type FunctionHost, lambda } from './services/lambda.ts';
import { leadingKeys } from './services/leading-keys.ts';
import { LogStore, logs } from './services/logs.ts';
import { ParameterStore, ssm } from './services/parameters.ts';
import { SecretStore, secretsManager } from './services/secrets.ts';
import { sns } from './services/sns/sns.ts';
import { Topics, type TopicsOptions } from './services/sns/topics.ts';
import { sts } from './services/sts.ts';

export interface AwsOptions {
  readonly clock: Clock;
  /** The owner's account: every unknown access key acts in it. */
  readonly account: string;
  /** Brings events to the targets of rules. */
  readonly deliver: DelivererOptions['deliver'];
  readonly onDeadLetter?: DelivererOptions['onDeadLetter'];
  /** Brings messages to subscriptions. */
  readonly notify?: TopicsOptions['deliver'];
  /** Where functions run; without it the Lambda API answers 501. */
  readonly functions?: FunctionHost;
}

/** The state behind the APIs, for the parts of the sandbox that create it or read it without a client. */
export interface Stores {
  readonly iam: IamStore;
  readonly meshes: MeshStore;
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly topics: Topics;
  readonly images: ImageRegistry;
  readonly clusters: ClusterStore;
  readonly buses: EventBuses;
  readonly logs: LogStore;
}

export interface Aws {
  readonly stores: Stores;
  /** For `startEdge`, beside the services that others bring. */
  readonly services: Readonly<Record<string, Behaviours>>;
  readonly passthrough: Readonly<Record<string, Passthrough>>;
}

/** An AWS without its edge: every service of this folder over fresh state, ECR's pushes wired to the event bus. */
export function createAws({ clock, account, deliver, onDeadLetter, notify, functions }: AwsOptions): Aws {
  const database = dynamodb();
  const meshes = new MeshStore();
  const buses = new EventBuses({ clock, deliver, ...(onDeadLetter && { onDeadLetter }) });
  const stores: Stores = {
    iam: new IamStore({ account, more: { appmesh: resourceTags(meshes), dynamodb: leadingKeys(database) } }),
    meshes,
    parameters: new ParameterStore(),
    secrets: new SecretStore(),
    topics: new Topics({ ...(notify && { deliver: notify }) }),
    images: new ImageRegistry({
      async onAction({ place, at, ...event }) {
        await buses.put(place, { source: 'aws.ecr', time: at, ...event });
      },
    }),
    clusters: new ClusterStore(),
    buses,
    logs: new LogStore(),
  };
  const services = {
    appmesh: appMesh(stores.meshes),
    ecr: ecr(stores.images),
    eks: eks(stores.clusters),
    events: events(buses),
    ...(functions && { lambda: lambda(functions, stores.logs) }),
    logs: logs(stores.logs),
    secretsmanager: secretsManager(stores.secrets),
    sns: sns(stores.topics),
    ssm: ssm(stores.parameters),
    sts: sts(stores.iam),
  };
  return { stores, services, passthrough: { dynamodb: database.passthrough } };
}
