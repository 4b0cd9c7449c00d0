import { randomUUID } from 'node:crypto';
import { startEdge } from './aws/edge.ts';
import type { NewEvent } from './aws/services/events/bus.ts';
import type { Clock } from './clock.ts';
import { readAssembly } from './cloudformation/assembly.ts';
import { type DeployedStack, deployStacks } from './cloudformation/deploy.ts';
import { Faults } from './faults.ts';
import { cel } from './kubernetes/cel.ts';
import { type KubernetesServer, startKubernetes } from './kubernetes/server.ts';
import type { LambdaHost } from './lambda/host.ts';
import { Observers } from './observers.ts';
import type { SandboxObserver, SandboxOptions } from './options.ts';
import { seededRandom, streamSeed } from './random.ts';
import type { ApiCall } from './wiring/api-calls.ts';
import { clusterLogin } from './wiring/cluster-login.ts';
import { dynamicReferences } from './wiring/dynamic-references.ts';
import { makeFolders } from './wiring/folders.ts';
import { createParts, type Parts } from './wiring/parts.ts';
import { registryImages } from './wiring/registry-images.ts';
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

const startServers = async (options: SandboxOptions, parts: () => Parts, context: ServerContext) => {
  const { clock, virtual, port, images } = options;
  const { home, faults, observers, ownerToken, seed } = context;
  const { world, machines } = parts();
  const { stores } = world;
  const tellLog = observers.tell('log');
  const byRegistry = registryImages(() => stores.images);
  const edge = startEdge({
    clock,
    ...(port === undefined ? {} : { port }),
    services: { ...world.services, states: machines.behaviours },
    passthrough: world.whole,
    iam: stores.iam,
    faults,
    onCall: observers.tell('call'),
    log: tellLog,
  });
  const kubernetes = startKubernetes({
    clock,
    random: virtual ? seededRandom(streamSeed(seed, 'kubernetes')) : Math.random,
    faults,
    authenticate: clusterLogin({
      iam: stores.iam,
      clusters: stores.clusters,
      home,
      ownerToken,
      // Functions sign by the machine's clock, unless theirs is the sandbox's.
      now: virtual ? () => clock.now() : Date.now,
    }),
    images: images?.(byRegistry) ?? byRegistry,
    cel,
    ...(options.injectEnvoy === undefined ? {} : { injectEnvoy: options.injectEnvoy }),
    onPodsChanged: observers.tell('podsChanged'),
    onRequest: observers.tell('kubernetesRequest'),
  });
  const [edgeStarted, kubernetesStarted] = await Promise.allSettled([edge, kubernetes]);
  if (edgeStarted.status === 'fulfilled' && kubernetesStarted.status === 'fulfilled') {
    return { edge: edgeStarted.value, kubernetes: kubernetesStarted.value };
  }
  const ended = [edgeStarted, kubernetesStarted].map((started) =>
    started.status === 'fulfilled' ? started.value.close() : undefined,
  );
  await Promise.all(ended);
  throw edgeStarted.status === 'rejected'
    ? edgeStarted.reason
    : (kubernetesStarted as PromiseRejectedResult).reason;
};

interface ServerContext {
  readonly home: { readonly region: string; readonly account: string };
  readonly faults: Faults;
  readonly observers: Observers;
  readonly ownerToken: string;
  readonly seed: number | string;
}

/**
 * Starts a local AWS: every API on one port, Step Functions, functions in processes of their own, one Kubernetes.
 * @throws Error when a port that was asked for is taken, or the assembly cannot be deployed; nothing is left running
 */
export const startSandbox = async (options: SandboxOptions): Promise<Sandbox> => {
  const {
    clock,
    virtual,
    region = 'eu-west-1',
    account = '123456789012',
    seed = 1,
    clusters = ['sandbox'],
  } = options;
  const home = { region, account };
  const faults = options.faults ?? new Faults();
  const observers = new Observers();
  if (options.observer !== undefined) observers.add(options.observer);
  const folders = makeFolders();
  const ownerToken = `owner-${virtual ? seed : randomUUID()}`;
  let endpoint = '';
  let kubernetesServer: KubernetesServer | undefined;
  const ensureCluster = (name: string, place: { region: string; account: string }) => {
    if (kubernetesServer === undefined || stores.clusters.get(place, name) !== undefined) return;
    stores.clusters.put(place, {
      name,
      endpoint: kubernetesServer.endpoint,
      certificateAuthority: Buffer.from(kubernetesServer.caPem).toString('base64'),
      authenticationMode: 'API_AND_CONFIG_MAP',
      createdAt: clock.now(),
    });
  };
  const parts = createParts({
    clock,
    virtual,
    home,
    seed,
    folders,
    observers,
    endpoint: () => endpoint,
    ensureCluster,
  });
  const { world, host, calls, machines, providers } = parts;
  const { stores } = world;
  const exports = new Map<string, unknown>();
  let warming: Promise<void> = Promise.resolve();

  const servers = await startServers(options, () => parts, {
    home,
    faults,
    observers,
    ownerToken,
    seed,
  }).catch((error: unknown) => {
    folders.remove();
    throw error;
  });
  const { edge, kubernetes } = servers;
  endpoint = edge.endpoint;
  kubernetesServer = kubernetes;
  for (const name of clusters) ensureCluster(name, home);

  const sandbox: Sandbox = {
    endpoint,
    ...home,
    clock,
    faults,
    stores,
    kubernetes,
    kubeconfig: kubernetes.kubeconfig(ownerToken),
    stepFunctions: machines.engine,
    lambda: host,
    call: calls.asOwner,
    deploy: async (assemblyDirectory) => {
      const deployed = await deployStacks(readAssembly(assemblyDirectory), {
        ...home,
        providers,
        call: calls.asOwner,
        dynamicReference: dynamicReferences(calls.asOwner),
        exports,
      });
      warming = host.prewarm(host.functions.newest());
      return deployed;
    },
    warm: () => warming,
    putEvent: (event) => {
      observers.tell('event')(event);
      return stores.buses.put(home, event);
    },
    observe: (observer) => observers.add(observer),
    close: async () => {
      stores.buses.close();
      machines.close();
      await host.close();
      await warming.catch(() => undefined);
      await Promise.all([edge.close(), kubernetes.close()]);
      folders.remove();
    },
  };
  if (options.assemblyDirectory !== undefined) {
    await sandbox.deploy(options.assemblyDirectory).catch(async (error: unknown) => {
      await sandbox.close();
      throw error;
    });
  }
  return sandbox;
};
