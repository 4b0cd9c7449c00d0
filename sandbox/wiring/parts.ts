import type { Call } from '../aws/service.ts';
import type { ResourceProviders } from '../cloudformation/provider.ts';
import { allResources } from '../cloudformation/resources/all.ts';
import { FunctionPolicies } from '../lambda/function-policies.ts';
import { LambdaHost } from '../lambda/host.ts';
import type { Observers } from '../observers.ts';
import type { SandboxOptions } from '../options.ts';
import { seededRandom, streamSeed } from '../random.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { ApiCalls } from './api-calls.ts';
import { Deliveries } from './deliveries.ts';
import type { Folders } from './folders.ts';
import { taskRunner } from './run-task.ts';
import { type StateMachines, startStateMachines } from './state-machines.ts';
import { createWorld, type World } from './stores.ts';

/** What a sandbox is made of, but for its two servers. */
export interface Parts {
  readonly world: World;
  readonly host: LambdaHost;
  readonly calls: ApiCalls;
  readonly machines: StateMachines;
  readonly providers: ResourceProviders;
}

/** What the parts are made from. */
export interface PartsOptions extends Pick<SandboxOptions, 'clock' | 'virtual'> {
  readonly home: { readonly region: string; readonly account: string };
  readonly seed: number | string;
  readonly folders: Folders;
  readonly observers: Observers;
  /** Where the functions' AWS clients send their calls; known once the edge listens. */
  readonly endpoint: () => string;
  /** What answers for every other machine; undefined where functions reach the real ones. */
  readonly outside: () => string | undefined;
  /** Registers an EKS cluster that a template speaks of. */
  readonly ensureCluster: (name: string, place: Pick<Call, 'region' | 'account'>) => void;
}

const createHost = (
  options: PartsOptions,
  world: () => World,
  telemetry: () => Telemetry,
  deliveries: Deliveries,
) => {
  const { clock, virtual, seed, home, folders, observers, endpoint } = options;
  const tellLine = observers.tell('functionLine');
  return new LambdaHost({
    clock,
    surroundings: {
      ...home,
      folder: folders.own,
      compileCache: folders.compileCache,
      caFile: folders.caFile,
      get endpoint() {
        return endpoint();
      },
      get outside() {
        return options.outside();
      },
    },
    credentials: (roleArn, sessionName) => world().stores.iam.createSession(roleArn, { sessionName }),
    ...(virtual ? { virtual: { seed } } : {}),
    log: (line) => {
      telemetry().functionLine(line);
      tellLine(line);
    },
    onInvocation: observers.tell('invocation'),
    onFinished: (invocation) => telemetry().functionFinished(invocation),
    failures: (failed) => deliveries.failedInvocation(failed),
  });
};

/** Makes the parts and connects them: each reaches the others only when something happens. */
export const createParts = (options: PartsOptions): Parts => {
  const { clock, virtual, seed, home, folders, observers } = options;
  const functionPolicies = new FunctionPolicies();
  const tellDeadLetter = observers.tell('deadLetter');
  const deliveries: Deliveries = new Deliveries({
    clock,
    stores: () => world.stores,
    host: () => host,
    calls: () => calls,
    functionPolicies,
    log: observers.tell('log'),
  });
  const host: LambdaHost = createHost(
    options,
    () => world,
    () => telemetry,
    deliveries,
  );
  const world: World = createWorld(home, {
    clock,
    deliver: (delivery) => deliveries.event(delivery),
    onDeadLetter: (letter) => {
      tellDeadLetter(letter);
      void clock.track(deliveries.deadLetter(letter));
    },
    notify: (subscription, published) => deliveries.message(subscription, published),
    functions: host,
    onQueueDepth: (arn, depth) => telemetry.queueDepth(arn, depth),
    onAlarm: (change) => void clock.track(deliveries.alarm(change)),
  });
  const { stores } = world;
  stores.topics.onPublish(observers.tell('message'));
  const telemetry: Telemetry = new Telemetry({ clock, home, logs: stores.logs, metrics: stores.metrics });
  const calls: ApiCalls = new ApiCalls({
    clock,
    home,
    iam: stores.iam,
    services: () => ({ ...world.services, states: machines.behaviours }),
    whole: world.whole,
  });
  const machines: StateMachines = startStateMachines({
    clock,
    home,
    random: virtual ? seededRandom(streamSeed(seed, 'states')) : Math.random,
    runTask: taskRunner(host, calls),
    buses: stores.buses,
    telemetry,
    onChange: observers.tell('execution'),
  });
  const { ensureCluster } = options;
  const providers = allResources({
    iam: stores.iam,
    lambda: host,
    functionPolicies,
    queues: stores.queues,
    telemetry,
    ensureCluster,
    folder: folders.own,
  });
  return { world, host, calls, machines, providers };
};
