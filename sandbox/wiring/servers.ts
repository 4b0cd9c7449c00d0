import type { Edge } from '../aws/edge.ts';
import { startEdge } from '../aws/edge.ts';
import type { Behaviours } from '../aws/service.ts';
import type { Place } from '../aws/services/place.ts';
import type { Faults } from '../faults.ts';
import { HookAnswers } from '../hook-answers.ts';
import { meshStoreApi } from '../kubernetes/appmesh/mesh-store-api.ts';
import { cel } from '../kubernetes/cel.ts';
import { type KubernetesServer, startKubernetes } from '../kubernetes/server.ts';
import type { Observers } from '../observers.ts';
import type { SandboxOptions } from '../options.ts';
import { type Outside, startOutside } from '../outside.ts';
import { seededRandom, streamSeed } from '../random.ts';
import { type Slack, startSlack } from '../slack.ts';
import { withStandIns } from './absent-functions.ts';
import { clusterLogin } from './cluster-login.ts';
import type { Parts } from './parts.ts';
import { registryImages } from './registry-images.ts';

/** What the servers need beside the options. */
export interface ServerContext {
  readonly parts: Parts;
  readonly home: Place;
  readonly faults: Faults;
  readonly observers: Observers;
  readonly ownerToken: string;
  readonly seed: number | string;
}

export interface Servers {
  readonly edge: Edge;
  readonly kubernetes: KubernetesServer;
  readonly slack: Slack;
  readonly outside: Outside;
}

/** In virtual time, what is deployed elsewhere is answered for; else a call of it is refused, as by AWS. */
const lambdaApi = (
  { clock, virtual }: SandboxOptions,
  { parts: { world, host }, observers }: ServerContext,
  answers: HookAnswers,
): Behaviours => {
  const lambda = world.services.lambda ?? {};
  if (!virtual) return lambda;
  const onCall = observers.tell('outsideCall');
  return withStandIns(lambda, { functions: host.functions, answers, clock, onCall });
};

const startApis = (options: SandboxOptions, context: ServerContext, answers: HookAnswers): Promise<Edge> => {
  const { clock, port } = options;
  const { parts, faults, observers } = context;
  const { world, machines } = parts;
  return startEdge({
    clock,
    ...(port === undefined ? {} : { port }),
    services: {
      ...world.services,
      lambda: lambdaApi(options, context, answers),
      states: machines.behaviours,
    },
    passthrough: world.whole,
    unmodelled: world.unmodelled,
    iam: world.stores.iam,
    faults,
    onCall: observers.tell('call'),
    log: observers.tell('log'),
  });
};

const startCluster = (options: SandboxOptions, context: ServerContext): Promise<KubernetesServer> => {
  const { clock, virtual, images, injectEnvoy, load } = options;
  const { parts, home, faults, observers, ownerToken, seed } = context;
  const { iam, clusters, images: registry, meshes } = parts.world.stores;
  const byRegistry = registryImages(() => registry);
  // Functions sign by the machine's clock, unless theirs is the sandbox's.
  const now = virtual ? () => clock.now() : Date.now;
  return startKubernetes({
    clock,
    random: virtual ? seededRandom(streamSeed(seed, 'kubernetes')) : Math.random,
    faults,
    authenticate: clusterLogin({ iam, clusters, home, ownerToken, now }),
    images: images?.(byRegistry) ?? byRegistry,
    ...(injectEnvoy === undefined ? {} : { injectEnvoy }),
    ...(load === undefined ? {} : { load }),
    cel,
    mesh: meshStoreApi(meshes, home, clock),
    onPodsChanged: observers.tell('podsChanged'),
    onRequest: observers.tell('kubernetesRequest'),
  });
};

/** Starts the AWS edge, the Kubernetes API server and what stands in for the rest; when one can't, the others are closed again. */
export const startServers = async (options: SandboxOptions, context: ServerContext): Promise<Servers> => {
  const { clock } = options;
  const { observers } = context;
  const answers = new HookAnswers();
  const [edge, kubernetes, slack, outside] = await Promise.allSettled([
    startApis(options, context, answers),
    startCluster(options, context),
    startSlack({ clock, onPost: observers.tell('slackPost') }),
    startOutside({
      clock,
      answers,
      onCall: observers.tell('outsideCall'),
      serve: context.parts.world.stores.prometheus.serve,
    }),
  ]);
  const all = [edge, kubernetes, slack, outside];
  const failed = all.find((started) => started.status === 'rejected');
  if (
    edge.status === 'fulfilled' &&
    kubernetes.status === 'fulfilled' &&
    slack.status === 'fulfilled' &&
    outside.status === 'fulfilled'
  ) {
    return { edge: edge.value, kubernetes: kubernetes.value, slack: slack.value, outside: outside.value };
  }
  for (const started of all) if (started.status === 'fulfilled') await started.value.close();
  throw failed?.reason;
};
