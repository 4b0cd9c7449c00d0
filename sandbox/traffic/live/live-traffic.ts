import type { Clock } from '../../clock.ts';
import type { MetricStore } from '../../cloudwatch/metric-store.ts';
import { seededRandom, streamSeed } from '../../random.ts';
import type { TraceStore } from '../../xray/trace-store.ts';
import { Ledger, type TrafficTotals } from '../ledger.ts';
import { MeshMetrics } from '../mesh-metrics.ts';
import type { ModelledService, ReadyPods } from '../model/options.ts';
import type { BehaviourChange, VersionBehaviour } from '../model/version.ts';
import type { RequestShape, RouteChoice } from '../route-table.ts';
import { LoadGenerator } from './load-generator.ts';
import { VersionProcesses } from './version-processes.ts';
import { type Attempt, type Endpoint, WeightedProxy } from './weighted-proxy.ts';

export interface LiveTrafficOptions {
  readonly clock: Clock;
  readonly seed: number | string;
  readonly metrics: MetricStore;
  readonly traces?: TraceStore | undefined;
  /** Requests a second of the sandbox's time. */
  readonly rps: number;
  /** By version; what is not in it behaves as `DEFAULT_BEHAVIOUR`. */
  readonly versions: Readonly<Record<string, VersionBehaviour>>;
  readonly service: ModelledService;
  /** The route that the router has now for such a request: `chooseRoute` over its routes. */
  readonly route: (request: RequestShape) => RouteChoice | undefined;
  /** The pods behind a role now. */
  readonly podsOf: (role: string) => readonly ReadyPods[];
  /** Length of a published period in the sandbox's time, default 60 s. */
  readonly publishEveryMs?: number | undefined;
  /** Share of requests that X-Ray sees, default Envoy's 0.05. */
  readonly sampling?: number | undefined;
}

/**
 * Real requests to real processes of each version through a weighted proxy, counted and published as modelled traffic is. Close it:
 * then no process, timer or port is left.
 */
export class LiveTraffic {
  readonly #options: LiveTrafficOptions;
  readonly #period: number;
  readonly #processes: VersionProcesses;
  readonly #proxy: WeightedProxy;
  readonly #metrics: MeshMetrics;
  readonly #ledger = new Ledger();
  readonly #roles: ReadonlyMap<string, string>;
  readonly #random: { routing: () => number; sampling: () => number };
  #load: LoadGenerator | undefined;
  #nextPublication: number;
  #cancelPublication: (() => void) | undefined;
  #origin = '';

  constructor(options: LiveTrafficOptions) {
    this.#options = options;
    this.#period = options.publishEveryMs ?? 60_000;
    this.#processes = new VersionProcesses(options.versions);
    const { service, metrics: store, seed } = options;
    this.#metrics = new MeshMetrics({ store, service, namespace: service.namespace });
    this.#roles = new Map(Object.entries(service.targets).map(([role, node]) => [node, role]));
    const stream = (name: string) => seededRandom(streamSeed(seed, 'live', service.virtualService, name));
    this.#random = { routing: stream('routing'), sampling: stream('sampling') };
    this.#nextPublication = (Math.floor(options.clock.now() / this.#period) + 1) * this.#period;
    this.#proxy = new WeightedProxy({
      callers: service.callers,
      route: options.route,
      endpointOf: (node) => this.#endpointOf(node),
      random: this.#random.routing,
      onAttempt: (attempt) => this.#count(attempt),
      onAnswer: ({ node, version, status }) => {
        const role = this.#roles.get(node ?? '') ?? node ?? 'none';
        this.#ledger.add(role, version, { requests: 1, failures: status >= 500 ? 1 : 0 });
      },
    });
    store.beforeRead(() => this.#publishDue());
  }

  /** Starts the processes of the versions that have pods, the proxy, and the load. Resolves to the proxy's origin. */
  async start(): Promise<string> {
    const roles = Object.keys(this.#options.service.targets);
    const versions = roles.flatMap((role) => this.#options.podsOf(role).map(({ version }) => version));
    const [origin] = await Promise.all([
      this.#proxy.listen(),
      ...versions.map((version) => this.ensure(version)),
    ]);
    this.#origin = origin;
    const { clock, service, rps } = this.#options;
    this.#load = new LoadGenerator({ clock, origin, callers: service.callers, rps });
    this.#load.start();
    this.#schedulePublication();
    return origin;
  }

  /** Where clients reach the service. */
  get origin(): string {
    return this.#origin;
  }

  /** Starts a version's process if it is not running: before its pods get ready. */
  async ensure(version: string): Promise<void> {
    await this.#processes.originOf(version);
  }

  /** A version behaves differently from now on. */
  behave(version: string, change: BehaviourChange): Promise<void> {
    return this.#processes.behave(version, change);
  }

  setRps(rps: number): void {
    this.#load?.setRps(rps);
  }

  /** What clients have seen up to now. */
  totals(): TrafficTotals {
    return this.#ledger.totals();
  }

  async close(): Promise<void> {
    this.#cancelPublication?.();
    await this.#load?.close();
    await this.#proxy.close();
    await this.#processes.close();
  }

  /** A ready pod of a node, each alike. */
  async #endpointOf(node: string): Promise<Endpoint | undefined> {
    const role = this.#roles.get(node) ?? node;
    const pods = this.#options.podsOf(role).filter(({ ready }) => Number(ready) > 0);
    let at = this.#random.routing() * pods.reduce((sum, { ready }) => sum + Number(ready), 0);
    const pod = pods.find(({ ready }) => {
      at -= Number(ready);
      return at < 0;
    });
    if (pod === undefined) return undefined;
    return { version: pod.version, origin: await this.#processes.originOf(pod.version) };
  }

  #count({ caller, node, version, status, milliseconds }: Attempt): void {
    this.#publishDue();
    const tally = this.#metrics.outbound(caller, node);
    tally.add(status, 1);
    if (version !== undefined) this.#metrics.inbound(node, 1);
    if (milliseconds === undefined) return;
    tally.times.add(milliseconds);
    if (this.#random.sampling() < (this.#options.sampling ?? 0.05))
      this.#trace(caller, node, status, milliseconds);
  }

  #trace(caller: string, node: string, status: number, milliseconds: number): void {
    const { traces, clock, service } = this.#options;
    const outcome = status >= 500 ? 'fault' : status >= 400 ? 'error' : 'ok';
    traces?.record({
      ...(service.account === undefined ? {} : { account: service.account }),
      ...(service.region === undefined ? {} : { region: service.region }),
      at: clock.now(),
      service: `${service.mesh}/${node}`,
      type: 'AWS::AppMesh::Proxy',
      source: `${service.mesh}/${caller}`,
      times: { [outcome]: new Map([[milliseconds / 1_000, 1]]) },
    });
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
