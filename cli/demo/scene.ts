import { cachedAssembly } from '../../infra/cached-assembly.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { sourceTiming } from '../../lambdas/core/spec/source.ts';
import { virtualServiceName } from '../../sandbox/bootstrap/mesh.ts';
import { bootstrapService } from '../../sandbox/bootstrap/service.ts';
import { RealClock } from '../../sandbox/clock.ts';
import type { SandboxObserver } from '../../sandbox/options.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { LiveTraffic } from '../../sandbox/traffic/live/live-traffic.ts';
import { produceHistory } from '../../sandbox/traffic/model/history.ts';
import type { ReadyPods } from '../../sandbox/traffic/model/options.ts';
import { reportsOf } from '../../sandbox/traffic/reports.ts';
import { REPLICAS, RPS, RUNNING, SCALE, TARGET, VERSIONS } from './setting.ts';

/** High-resolution metrics: the length of the periods that the spec reads. */
const periodMs = (spec: RolloutSpec): number => sourceTiming(spec.analysis).period * 1000;

/** Minutes of the running version's past: enough for the preflight to find the primary's series. */
const HISTORY_MINUTES = 15;

const SEED = 1;

type Side = 'primary' | 'canary';

/** podinfo in a local AWS, under live traffic. */
export interface Scene {
  readonly sandbox: Sandbox;
  readonly traffic: LiveTraffic;
  readonly spec: RolloutSpec;
  /** Percent of the canary, as the route has it now. */
  canaryWeight(): number;
  /** Ends everything: processes, ports, folders, timers. */
  close(): Promise<void>;
}

const routeOf = (sandbox: Sandbox, { router: { appMesh } }: RolloutSpec) =>
  sandbox.stores.meshes.route(TARGET, appMesh.mesh, appMesh.virtualRouter, appMesh.route)?.spec;

const podsOf = (sandbox: Sandbox, { workload }: RolloutSpec, side: Side): ReadyPods[] => {
  const ready = new Map<string, number>();
  for (const { version } of sandbox.kubernetes.readyPods(workload.namespace, { deployment: workload[side] }))
    ready.set(version, (ready.get(version) ?? 0) + 1);
  return [...ready].map(([version, count]) => ({ version, ready: count }));
};

const trafficOf = (sandbox: Sandbox, spec: RolloutSpec): LiveTraffic => {
  const { mesh, virtualRouter, primary, canary } = spec.router.appMesh;
  const { callers, namespace } = reportsOf(spec.analysis);
  const { clock, stores } = sandbox;
  const shared = {
    clock,
    seed: SEED,
    metrics: stores.metrics,
    traces: stores.traces,
    versions: VERSIONS,
    publishEveryMs: periodMs(spec),
    service: {
      account: TARGET.account,
      region: TARGET.region,
      mesh,
      virtualService: virtualServiceName(spec),
      callers,
      targets: { primary, canary },
      namespace,
    },
  };
  produceHistory(shared, { version: RUNNING, rps: RPS, minutes: HISTORY_MINUTES });
  return new LiveTraffic({
    ...shared,
    scale: SCALE,
    rps: RPS,
    routes: () =>
      stores.meshes
        .routes(TARGET, mesh, virtualRouter)
        .map(({ path, spec: route }) => ({ routeName: path.at(-1), spec: route })),
    podsOf: (role) => podsOf(sandbox, spec, role as Side),
  });
};

/** The port people know, or any that is free. */
const startAnywhere = async (clock: RealClock, observer: SandboxObserver): Promise<Sandbox> => {
  const { region, account, cluster } = TARGET;
  const start = (port?: number) =>
    startSandbox({
      clock,
      virtual: false,
      region,
      account,
      clusters: [cluster],
      observer,
      ...(port !== undefined && { port }),
    });
  return start().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return start(0);
  });
};

const untilReady = async (sandbox: Sandbox, spec: RolloutSpec): Promise<void> => {
  const ready = () =>
    podsOf(sandbox, spec, 'primary').reduce((sum, { ready: count }) => sum + Number(count), 0);
  while (ready() < REPLICAS) await sandbox.clock.sleep(1000);
};

/** Starts the local AWS with podinfo in it, as its team runs it, and its users. Nothing is left when it rejects. */
export const openScene = async (spec: RolloutSpec, observer: SandboxObserver): Promise<Scene> => {
  const assembly = await cachedAssembly([{ spec, target: TARGET }]);
  const clock = new RealClock({ scale: SCALE });
  const sandbox = await startAnywhere(clock, observer);
  let traffic: LiveTraffic | undefined;
  const close = async (): Promise<void> => {
    await traffic?.close();
    await sandbox.close();
    clock.stop();
  };
  try {
    await bootstrapService(sandbox, { spec, target: TARGET, running: RUNNING, replicas: REPLICAS });
    await untilReady(sandbox, spec);
    await sandbox.deploy(assembly);
    await sandbox.warm();
    traffic = trafficOf(sandbox, spec);
    await traffic.start();
    const canaryWeight = () => {
      const { canary } = spec.router.appMesh;
      const targets = routeOf(sandbox, spec)?.httpRoute?.action?.weightedTargets ?? [];
      return targets.find(({ virtualNode }) => virtualNode === canary)?.weight ?? 0;
    };
    return { sandbox, traffic, spec, canaryWeight, close };
  } catch (error) {
    await close();
    throw error;
  }
};
