import type { Clock } from '../../clock.ts';
import type { MetricStore } from '../../cloudwatch/metric-store.ts';
import { seededRandom, streamSeed } from '../../random.ts';
import type { Outcome, TraceStore } from '../../xray/trace-store.ts';
import { Ledger, type TrafficTotals } from '../ledger.ts';
import { MeshMetrics } from '../mesh-metrics.ts';
import { ENVOY_SAMPLING, MeshTraces } from '../mesh-traces.ts';
import type { ModelledService, ReadyPods } from '../model/options.ts';
import type { BehaviourChange, VersionBehaviour } from '../model/version.ts';
import type { MeshRoute } from '../route-table.ts';
import { type Counts, DataPlaneProcess } from './data-plane-process.ts';
import type { DataPlaneConfig, NodePods } from './messages.ts';
import { VersionProcesses } from './version-processes.ts';
import type { Attempt } from './weighted-proxy.ts';

export interface LiveTrafficOptions {
  readonly clock: Clock;
  /** How many times as fast as real time the clock runs, default 1. Arrivals are scaled, single requests are not. */
  readonly scale?: number | undefined;
  readonly seed: number | string;
  readonly metrics: MetricStore;
  readonly traces?: TraceStore | undefined;
  /** Requests a second of the sandbox's time. */
  readonly rps: number;
  /** By version; what is not in it behaves as `DEFAULT_BEHAVIOUR`. */
  readonly versions: Readonly<Record<string, VersionBehaviour>>;
  readonly service: ModelledService;
  /** The routes that the virtual router has now. */
  readonly routes: () => readonly MeshRoute[];
  /** The pods behind a role now. */
  readonly podsOf: (role: string) => readonly ReadyPods[];
  /** Length of a published period in the sandbox's time, default 60 s. */
  readonly publishEveryMs?: number | undefined;
  /** Share of requests that X-Ray sees, default Envoy's 0.05. */
  readonly sampling?: number | undefined;
  /** Told when the traffic ended although nobody closed it; default: a line on stderr. */
  readonly onLost?: ((error: Error) => void) | undefined;
}

/** Real milliseconds between looks at routes and pods: what a mesh takes to hear of a change, at the least. */
const LOOK_EVERY = 25;

const outcomeOf = (status: number): Outcome => {
  if (status >= 500) return 'fault';
  return status >= 400 ? 'error' : 'ok';
};

/** The discard port, where nobody listens: connections are refused. */
const NOBODY = 'http://127.0.0.1:9';

/**
 * Real requests to real processes of each version through a weighted proxy, counted and published as modelled traffic is. Counts
 * come in every 50 ms of real time. Close it: then no process, timer or port is left.
 */
export class LiveTraffic {
  readonly #options: LiveTrafficOptions;
  readonly #period: number;
  readonly #processes: VersionProcesses;
  readonly #metrics: MeshMetrics;
  readonly #traces: MeshTraces;
  readonly #ledger = new Ledger();
  readonly #sampling: () => number;
  #rps: number;
  #plane: DataPlaneProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #applied = '';
  #nextPublication: number;
  #cancelPublication: (() => void) | undefined;

  constructor(options: LiveTrafficOptions) {
    this.#options = options;
    this.#rps = options.rps;
    this.#period = options.publishEveryMs ?? 60_000;
    this.#processes = new VersionProcesses(options.versions);
    const { service, metrics: store, seed } = options;
    this.#metrics = new MeshMetrics({ store, service, namespace: service.namespace });
    this.#traces = new MeshTraces({ store: options.traces, service });
    this.#sampling = seededRandom(streamSeed(seed, 'live', service.virtualService, 'sampling'));
    this.#nextPublication = (Math.floor(options.clock.now() / this.#period) + 1) * this.#period;
    store.beforeRead(() => this.#publishDue());
  }

  /**
   * Starts the processes of the versions that have ready pods, the proxy, and the load. Resolves to the proxy's origin. Close
   * it also when this rejects.
   */
  async start(): Promise<string> {
    const { seed, service, scale = 1 } = this.#options;
    const settings = {
      seed: streamSeed(seed, 'live', service.virtualService),
      callers: service.callers,
      scale,
      config: { routes: [], pods: {}, rps: 0 },
    };
    const plane = DataPlaneProcess.start(settings, {
      onCounts: (counts) => this.#take(counts),
      onLost: this.#options.onLost ?? ((error) => console.error(error.message)),
    });
    const [started, config] = await Promise.allSettled([plane, this.#config()]);
    if (started.status === 'fulfilled') this.#plane = started.value;
    if (started.status === 'rejected') throw started.reason;
    if (config.status === 'rejected') throw config.reason;
    await started.value.apply(config.value);
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY);
    this.#schedulePublication();
    return started.value.origin;
  }

  /** Starts a version's process if it is not running: before its pods get ready. */
  async ensure(version: string): Promise<void> {
    await this.#processes.originOf(version);
  }

  /** Resolves when the proxy goes by the present routes and pods, and all that it counted before is in. */
  async sync(): Promise<void> {
    const config = await this.#config();
    await this.#plane?.apply(config);
  }

  /** A version behaves differently from now on. */
  behave(version: string, change: BehaviourChange): Promise<void> {
    return this.#processes.behave(version, change);
  }

  /** Changes the load, requests a second of the sandbox's time. */
  async setRps(rps: number): Promise<void> {
    this.#rps = rps;
    await this.sync();
  }

  /** What clients have seen, as far as it has come in. */
  totals(): TrafficTotals {
    return this.#ledger.totals();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#cancelPublication?.();
    await this.#plane?.close();
    await this.#processes.close();
  }

  /**
   * What the proxy is to go by. Read after the servers are there, all at once, so that no older state can arrive after a
   * newer one.
   */
  async #config(): Promise<DataPlaneConfig> {
    const { service, routes, podsOf } = this.#options;
    const pods = Object.keys(service.targets).flatMap((role) => podsOf(role));
    const ready = pods.filter((one) => Number(one.ready) > 0);
    await Promise.all(ready.map(({ version }) => this.ensure(version)));
    const nodes = Object.entries(service.targets).map(([role, node]) => [node, this.#nodePods(role)]);
    return { routes: routes(), pods: Object.fromEntries(nodes), rps: this.#rps };
  }

  #nodePods(role: string): NodePods[] {
    return this.#options.podsOf(role).flatMap(({ version, ready, gone = 0 }) => {
      const origin = this.#processes.runningOrigin(version);
      const present = origin === undefined ? [] : [{ version, ready: Number(ready), origin }];
      return [...present, { version, ready: gone, origin: NOBODY }].filter((pods) => pods.ready > 0);
    });
  }

  /** Tells the proxy when routes or pods have changed. */
  #look(): void {
    const { service, routes, podsOf } = this.#options;
    const present = JSON.stringify([routes(), Object.keys(service.targets).map(podsOf), this.#rps]);
    if (present === this.#applied) return;
    this.#applied = present;
    this.sync().catch(() => {
      // The server of a version did not start: the next look tries again.
      this.#applied = '';
    });
  }

  #take({ attempts, answers }: Counts): void {
    this.#publishDue();
    for (const attempt of attempts) this.#count(attempt);
    const roles = new Map(Object.entries(this.#options.service.targets).map(([role, node]) => [node, role]));
    for (const { node, version, status } of answers) {
      const role = roles.get(node ?? '') ?? node ?? 'none';
      this.#ledger.add(role, version, { requests: 1, failures: node === undefined || status >= 500 ? 1 : 0 });
    }
  }

  #count({ caller, node, version, status, milliseconds }: Attempt): void {
    const tally = this.#metrics.outbound(caller, node);
    tally.add(status, 1);
    if (version !== undefined) this.#metrics.inbound(node, 1);
    if (milliseconds === undefined) return;
    tally.times.add(milliseconds);
    if (this.#sampling() >= (this.#options.sampling ?? ENVOY_SAMPLING)) return;
    const times = { [outcomeOf(status)]: new Map([[milliseconds / 1_000, 1]]) };
    this.#traces.record({ at: this.#options.clock.now(), times, node, version: version ?? '', caller });
  }

  #schedulePublication(): void {
    this.#cancelPublication = this.#options.clock.schedule(this.#nextPublication, () => {
      this.#publishDue();
      this.#schedulePublication();
    });
  }

  #publishDue(): void {
    while (this.#options.clock.now() >= this.#nextPublication) {
      this.#metrics.publish(this.#nextPublication - this.#period, this.#nextPublication);
      this.#nextPublication += this.#period;
    }
  }
}
