import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { NewEvent } from './aws/services/events/bus.ts';
import type { Place } from './aws/services/place.ts';
import type { Clock } from './clock.ts';
import type { DeployedStack } from './cloudformation/deploy.ts';
import { Faults } from './faults.ts';
import type { KubernetesServer } from './kubernetes/server.ts';
import type { LambdaHost } from './lambda/host.ts';
import { Observers } from './observers.ts';
import type { SandboxObserver, SandboxOptions } from './options.ts';
import type { Outside } from './outside.ts';
import type { ApiCall } from './wiring/api-calls.ts';
import { Deployment } from './wiring/deployment.ts';
import { makeFolders } from './wiring/folders.ts';
import { createParts, type Parts } from './wiring/parts.ts';
import { startServers } from './wiring/servers.ts';
import type { StateMachines } from './wiring/state-machines.ts';
import type { Stores } from './wiring/stores.ts';

export type { SandboxObserver, SandboxOptions } from './options.ts';
export type { Stores } from './wiring/stores.ts';

/** A running local AWS. */
export interface Sandbox {
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly stores: Stores;
  readonly kubernetes: KubernetesServer;
  /** A kubeconfig, as YAML, for the owner. */
  readonly kubeconfig: string;
  /** The address of an incoming webhook, https, which the functions trust; see the observer's `slackPost`. */
  readonly slackWebhook: string;
  /** Everything that is not the sandbox, as functions see it in virtual time. */
  readonly outside: Outside;
  readonly stepFunctions: StateMachines['engine'];
  readonly lambda: LambdaHost;
  /** Calls an API as the owner, inside this process. */
  readonly call: ApiCall;
  /** Deploys a cloud assembly (`cdk.out`); its functions start meanwhile, see `warm`. */
  deploy(assemblyDirectory: string): Promise<DeployedStack[]>;
  /** Resolves when every function that was deployed has a process waiting. */
  warm(): Promise<void>;
  /** Puts an event on a bus of the home region, also as an AWS service does. Resolves to its id. */
  putEvent(event: NewEvent): Promise<string>;
  /** Watches from now on; the returned function ends it. */
  observe(observer: SandboxObserver): () => void;
  /** Ends everything: processes, ports, folders. */
  close(): Promise<void>;
}

/** EKS clusters that all stand for the one Kubernetes: registered at the start, or when a template speaks of them. */
const clusterRegistry = (clock: Clock, stores: () => Stores) => {
  let server: KubernetesServer | undefined;
  const ensure = (name: string, place: Place): void => {
    const { clusters } = stores();
    if (server === undefined || clusters.get(place, name) !== undefined) return;
    clusters.put(place, {
      name,
      endpoint: server.endpoint,
      certificateAuthority: Buffer.from(server.caPem).toString('base64'),
      authenticationMode: 'API_AND_CONFIG_MAP',
      createdAt: clock.now(),
    });
  };
  const open = (kubernetes: KubernetesServer, names: readonly string[], home: Place): void => {
    server = kubernetes;
    for (const name of names) ensure(name, home);
  };
  return { ensure, open };
};

/**
 * Starts a local AWS: every API on one port, Step Functions, functions in processes of their own, one Kubernetes.
 * @throws Error when a port that was asked for is taken, or the assembly cannot be deployed; nothing is left running
 */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const { clock, virtual, region = 'eu-west-1', account = '123456789012', seed = 1 } = options;
  const home = { region, account };
  const faults = options.faults ?? new Faults();
  const observers = new Observers();
  if (options.observer !== undefined) observers.add(options.observer);
  const folders = makeFolders({ processes: !virtual });
  const ownerToken = `owner-${virtual ? seed : randomUUID()}`;
  const registry = clusterRegistry(clock, () => parts.world.stores);
  let endpoint = '';
  let elsewhere: string | undefined;
  const parts: Parts = createParts({
    clock,
    virtual,
    home,
    seed,
    folders,
    observers,
    endpoint: () => endpoint,
    outside: () => elsewhere,
    ensureCluster: registry.ensure,
  });
  const context = { parts, home, faults, observers, ownerToken, seed };
  const { edge, kubernetes, slack, outside } = await startServers(options, context).catch(
    async (error: unknown) => {
      await parts.host.close();
      folders.remove();
      throw error;
    },
  );
  endpoint = edge.endpoint;
  if (virtual) elsewhere = outside.endpoint;
  writeFileSync(folders.caFile, slack.caPem);
  registry.open(kubernetes, options.clusters ?? ['sandbox'], home);

  const { world, host, calls, machines } = parts;
  const deployment = new Deployment(parts, home);
  const sandbox: Sandbox = {
    endpoint,
    ...home,
    clock,
    faults,
    stores: world.stores,
    kubernetes,
    kubeconfig: kubernetes.kubeconfig(ownerToken),
    slackWebhook: slack.webhook,
    outside,
    stepFunctions: machines.engine,
    lambda: host,
    call: calls.asOwner,
    deploy: (assemblyDirectory) => deployment.deploy(assemblyDirectory),
    warm: () => deployment.warm(),
    putEvent: (event) => {
      observers.tell('event')(event);
      return world.stores.buses.put(home, event);
    },
    observe: (observer) => observers.add(observer),
    close: async () => {
      world.close();
      machines.close();
      await host.close();
      await deployment.warm().catch(() => undefined);
      await Promise.all([edge.close(), kubernetes.close(), slack.close(), outside.close()]);
      folders.remove();
    },
  };
  if (options.assemblyDirectory === undefined) return sandbox;
  try {
    await sandbox.deploy(options.assemblyDirectory);
    return sandbox;
  } catch (error) {
    await sandbox.close();
    throw error;
  }
};
