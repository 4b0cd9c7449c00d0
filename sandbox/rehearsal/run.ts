import { cachedAssembly } from '../../infra/cached-assembly.ts';
import { type BootstrapEvent, bootstrapCanary } from '../bootstrap/canary.ts';
import { bootstrapService } from '../bootstrap/service.ts';
import { VirtualClock } from '../clock.ts';
import type { Images } from '../kubernetes/server.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { furnishCluster } from './cluster.ts';
import { behavesAs } from './configs.ts';
import { listExecutions } from './executions.ts';
import type { LoadedScenario } from './load-scenario.ts';
import { Observations } from './observations.ts';
import type { RehearsalResult } from './result.ts';
import { podsAt } from './scenario.ts';
import { isBusy } from './service-record.ts';
import { ServiceTraffic } from './service-traffic.ts';
import { summarise } from './summarise.ts';
import { scheduleTimeline } from './timeline.ts';

/** 0 s of every scenario: a whole minute, as CloudWatch's periods are aligned to them. */
export const START = Date.UTC(2026, 0, 5, 9);
/** Pods of the primary before the first rollout. */
const REPLICAS = 4;
/** How often it is asked whether anything is left to happen, in ms of virtual time. */
const LOOK_EVERY_MS = 1000;

/** Pods need some seconds before 0 s, Flagger's way of setting up some ticks; whole minutes keep the periods' grid. */
const beforeMs = ({ canary }: LoadedScenario): number =>
  Math.ceil(Math.max(600, 5 * (canary?.interval ?? 0)) / 60) * 60_000;

/** A rehearsal that has ended, and the sandbox that it ran in, which the caller closes. */
export interface Rehearsal {
  readonly result: RehearsalResult;
  readonly sandbox: Sandbox;
}

/** Pods fare as the scenario says of their version, with what they read, by the time at which they start. */
const imagesOf =
  ({ scenario }: LoadedScenario, clock: VirtualClock) =>
  (registry: Images): Images => ({
    behaviour: (image, config = {}) => {
      const known = registry.behaviour(image);
      const tag = /:([^:@/]+)(?:@|$)/.exec(image)?.[1] ?? '';
      const { pods, readyAfter } = podsAt(
        scenario,
        behavesAs(scenario.versions, tag, config),
        (clock.now() - START) / 1000,
      );
      return { ...known, pods: known.pods === 'ok' ? pods : known.pods, readyAfterMs: readyAfter * 1000 };
    },
  });

/** Asks once in a while whether all has happened, so that the clock need not run to the end. */
class Ending {
  over = false;
  readonly #sandbox: Sandbox;
  readonly #service: string;

  constructor(sandbox: Sandbox, service: string) {
    this.#sandbox = sandbox;
    this.#service = service;
  }

  watchFrom(at: number): void {
    this.#sandbox.clock.schedule(at + LOOK_EVERY_MS, async () => {
      const running = await listExecutions(this.#sandbox, 'RUNNING');
      const left = running.length + this.#sandbox.lambda.openEvents + this.#sandbox.faults.underWay;
      if (left === 0 && !(await isBusy(this.#sandbox, this.#service))) this.over = true;
      else this.watchFrom(this.#sandbox.clock.now());
    });
  }
}

/** Sets the service up as its team did, or as Flagger does from a Canary, so that it runs before 0 s. */
const bootstrap = async (
  sandbox: Sandbox,
  clock: VirtualClock,
  { scenario, spec, target, canary }: LoadedScenario,
): Promise<readonly BootstrapEvent[]> => {
  const { running, config: configs } = scenario;
  const service = { spec, target, running, configs, replicas: canary?.replicas ?? REPLICAS };
  if (canary === undefined) {
    await bootstrapService(sandbox, service);
    return [];
  }
  const { network, progressDeadline, interval } = canary;
  return bootstrapCanary(
    sandbox,
    { ...service, network, progressDeadline },
    { until: START, intervalMs: interval * 1000, advance: (to) => clock.run(to) },
  );
};

/**
 * A yes of a `rollback` hook is the order to roll back, so those do not say yes by default, as all others do: they answer
 * 403, as the gate of Flagger's load tester while it is closed.
 */
const closeRollbackGates = ({ outside }: Sandbox, { spec }: LoadedScenario): void => {
  for (const { name, type } of spec.hooks) if (type === 'rollback') outside.answer(name, 403);
};

const play = async (
  sandbox: Sandbox,
  clock: VirtualClock,
  loaded: LoadedScenario,
  {
    wallStart,
    watch,
    measured,
  }: {
    readonly wallStart: number;
    readonly watch: ((sandbox: Sandbox) => unknown) | undefined;
    readonly measured: (traffic: ServiceTraffic) => void;
  },
): Promise<RehearsalResult> => {
  const { scenario, spec, target } = loaded;
  const service = `${spec.service}@${spec.target}`;
  const bootstrapped = await bootstrap(sandbox, clock, loaded);
  furnishCluster(sandbox, loaded);
  // The pods of the version that runs are up before 0 s.
  await clock.run(START);
  await sandbox.deploy(await cachedAssembly([{ spec, target }]));
  closeRollbackGates(sandbox, loaded);
  await watch?.(sandbox);
  const traffic = new ServiceTraffic(sandbox, loaded);
  measured(traffic);
  const observations = new Observations(sandbox, service, START, () => traffic.canary());
  sandbox.observe({ podsChanged: () => traffic.follow() });
  sandbox.stores.meshes.onRouteChange((_, at) => {
    traffic.follow();
    observations.sawWeights(at, traffic.weights());
  });
  const failures: unknown[] = [];
  const last = scheduleTimeline({ sandbox, loaded, traffic, start: START }, (error) => failures.push(error));
  const ending = new Ending(sandbox, service);
  ending.watchFrom(last);
  await clock.run(START + scenario.until * 1000, () => ending.over || failures.length > 0);
  if (failures.length > 0) throw failures[0];
  return summarise({ sandbox, loaded, traffic, observations, bootstrapped, start: START, wallStart });
};

/**
 * Runs a scenario in virtual time, in a sandbox of its own. `watch` gets the sandbox at 0 s, when the service runs and
 * nothing has happened yet. Rejects when the sandbox itself fails; nothing is left then.
 */
export const rehearse = async (
  loaded: LoadedScenario,
  watch?: (sandbox: Sandbox) => unknown,
): Promise<Rehearsal> => {
  const wallStart = performance.now();
  const clock = new VirtualClock(START - beforeMs(loaded));
  const { region, account, cluster } = loaded.target;
  let traffic: ServiceTraffic | undefined;
  const sandbox = await startSandbox({
    clock,
    virtual: true,
    region,
    account,
    seed: loaded.scenario.seed,
    port: 0,
    clusters: [cluster],
    images: imagesOf(loaded, clock),
    load: (deployment) => traffic?.utilization(deployment),
    observer: { log: () => undefined },
  });
  try {
    const measured = (it: ServiceTraffic) => {
      traffic = it;
    };
    return { result: await play(sandbox, clock, loaded, { wallStart, watch, measured }), sandbox };
  } catch (error) {
    await sandbox.close();
    throw error;
  }
};
