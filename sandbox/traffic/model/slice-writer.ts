import type { Ledger } from '../ledger.ts';
import { MeshMetrics } from '../mesh-metrics.ts';
import { ENVOY_SAMPLING, MeshTraces } from '../mesh-traces.ts';
import { type RoutePolicy, retriesConnection } from '../route-policy.ts';
import type { RequestShape } from '../route-table.ts';
import type { Tally } from '../tally.ts';
import { type Attempts, type Streams, serve } from './cohort.ts';
import { multinomial, poisson } from './draws.ts';
import type { Fleet } from './fleet.ts';
import type { DirectLoad, ModelledTrafficOptions, ReadyPods } from './options.ts';

/** What requests meet during one slice. */
export interface World {
  readonly split: (request: RequestShape) => Readonly<Record<string, number>>;
  readonly podsOf: (role: string) => readonly ReadyPods[];
  readonly policy: (request: RequestShape) => RoutePolicy;
  readonly rpsAt: (at: number) => number;
  readonly directAt: (at: number) => readonly DirectLoad[];
  readonly ledger: Ledger;
}

/** Where a service's requests are counted. */
export type SliceWriterOptions = Pick<
  ModelledTrafficOptions,
  'metrics' | 'traces' | 'service' | 'mix' | 'sampling' | 'segmentName'
>;

/** A span in which nothing changes, epoch ms. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** Requests of one kind from one sender to one role. */
interface Flow {
  readonly role: string;
  readonly count: number;
  /** Undefined for load from outside the mesh. */
  readonly caller: string | undefined;
  readonly policy: RoutePolicy;
  readonly direct: boolean;
}

const PLAIN: RequestShape = { method: 'GET', path: '/', headers: {} };

const readyIn = (pods: readonly ReadyPods[]) =>
  pods.map(({ version, ready }) => ({ version, ready: Number(ready) })).filter(({ ready }) => ready > 0);

const sumOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** Turns one slice of time into requests, and counts what callers, targets and X-Ray see of them. */
export class SliceWriter {
  readonly #options: SliceWriterOptions;
  readonly #fleet: Fleet;
  readonly #streams: Streams;
  readonly #metrics: MeshMetrics;
  readonly #traces: MeshTraces;

  constructor(options: SliceWriterOptions, fleet: Fleet, streams: Streams) {
    this.#options = options;
    this.#fleet = fleet;
    this.#streams = streams;
    const { metrics, traces, service, segmentName } = options;
    this.#metrics = new MeshMetrics({ store: metrics, service, namespace: service.namespace });
    this.#traces = new MeshTraces({ store: traces, service, segmentName });
  }

  /** Sends what was counted as one period, epoch ms. */
  publish(start: number, end: number): void {
    this.#metrics.publish(start, end);
  }

  /** Expected requests a second by role at a time, load tests included. */
  loads(at: number, world: World): Map<string, number> {
    const loads = new Map<string, number>();
    const add = (role: string, rps: number) => loads.set(role, (loads.get(role) ?? 0) + rps);
    for (const { share, request } of this.#mix()) {
      const weights = world.split(request);
      const all = sumOf(Object.values(weights));
      for (const [role, weight] of Object.entries(weights))
        if (weight > 0) add(role, (world.rpsAt(at) * share * weight) / all);
    }
    for (const { to, rps } of world.directAt(at)) add(to, rps);
    return loads;
  }

  write(slice: Slice, world: World): void {
    const loads = this.loads(slice.from, world);
    for (const flow of [...this.#routedFlows(slice, world), ...this.#directFlows(slice, world)])
      this.#send(slice, world, flow, loads.get(flow.role) ?? 0);
  }

  /** The kinds of requests, their shares summing to 1. */
  #mix(): readonly { share: number; request: RequestShape }[] {
    const mix = this.#options.mix ?? [{ share: 1, request: PLAIN }];
    const all = sumOf(mix.map(({ share }) => share));
    return mix.map(({ share, request }) => ({ share: share / all, request }));
  }

  #routedFlows({ from, to }: Slice, world: World): Flow[] {
    const { callers } = this.#options.service;
    const seconds = (to - from) / 1_000;
    return this.#mix().flatMap(({ share, request }) => {
      const weights = Object.entries(world.split(request));
      const policy = world.policy(request);
      return callers.flatMap((caller) => {
        const mean = (world.rpsAt(from) * share * seconds) / callers.length;
        const requests = poisson(this.#streams.arrivals, mean);
        if (sumOf(weights.map(([, weight]) => weight)) <= 0) this.#turnAway(world, requests);
        const counts = multinomial(
          this.#streams.routing,
          requests,
          weights.map(([, weight]) => weight),
        );
        return weights.map(([role], index) => ({
          role,
          count: counts[index] ?? 0,
          caller,
          policy,
          direct: false,
        }));
      });
    });
  }

  /** No route takes them: the caller's proxy answers 404 itself. */
  #turnAway({ ledger }: World, requests: number): void {
    if (requests > 0) ledger.add('none', undefined, { requests, failures: requests });
  }

  #directFlows({ from, to }: Slice, world: World): Flow[] {
    return world.directAt(from).map((load) => ({
      role: load.to,
      count: poisson(this.#streams.arrivals, (load.rps * (to - from)) / 1_000),
      caller: load.caller,
      policy: {},
      direct: true,
    }));
  }

  #send(slice: Slice, world: World, flow: Flow, rps: number): void {
    if (flow.count === 0) return;
    if (flow.direct) world.ledger.addDirect(flow.count);
    const pods = world.podsOf(flow.role);
    const present = readyIn(pods);
    const gone = sumOf(pods.map((one) => one.gone ?? 0));
    if (present.length === 0) {
      this.#fail(world, flow, flow.count);
      return;
    }
    const ready = sumOf(present.map((one) => one.ready));
    const [reached = 0, lost = 0] = multinomial(this.#streams.routing, flow.count, [ready, gone]);
    const again = (flow.policy.maxRetries ?? 0) > 0 && retriesConnection(flow.policy);
    if (again) this.#tallyOf(flow)?.add(503, lost);
    else this.#fail(world, flow, lost);
    this.#serve(slice, world, { ...flow, count: again ? flow.count : reached }, { pods: present, rps });
  }

  #serve(
    slice: Slice,
    world: World,
    flow: Flow,
    { pods, rps }: { pods: readonly { version: string; ready: number }[]; rps: number },
  ): void {
    const ready = pods.map((pod) => pod.ready);
    const perPod = rps / sumOf(ready);
    multinomial(this.#streams.routing, flow.count, ready).forEach((count, index) => {
      const version = pods[index]?.version ?? '';
      const options = {
        server: this.#fleet.server(version, slice.from, perPod),
        policy: flow.policy,
        sampling: this.#options.traces === undefined ? 0 : (this.#options.sampling ?? ENVOY_SAMPLING),
      };
      const failures = serve(this.#streams, count, options, (attempts) =>
        this.#count(slice, flow, version, attempts),
      );
      if (!flow.direct) world.ledger.add(flow.role, version, { requests: count, failures });
    });
  }

  /**
   * Nobody answered: the caller's proxy answers 503 itself, which Envoy counts for the target. Where no pod is ready it does not
   * retry; where a connection broke it may, and then finds another pod.
   */
  #fail(world: World, flow: Flow, count: number): void {
    if (count === 0) return;
    this.#tallyOf(flow)?.add(503, count);
    if (!flow.direct) world.ledger.add(flow.role, undefined, { requests: count, failures: count });
  }

  /** What the flow's caller sees of its target; undefined outside the mesh. */
  #tallyOf({ caller, role }: Flow): Tally | undefined {
    return caller === undefined ? undefined : this.#metrics.outbound(caller, this.#nodeOf(role));
  }

  #count({ from }: Slice, flow: Flow, version: string, attempts: Attempts): void {
    const { caller } = flow;
    const node = this.#nodeOf(flow.role);
    const { ok, errors, timeouts, times, traced } = attempts;
    this.#metrics.inbound(node, ok + errors + timeouts);
    const tally = this.#tallyOf(flow);
    if (tally !== undefined) {
      tally.add(200, ok);
      tally.add(500, errors);
      tally.add(504, timeouts);
      tally.times.addAll(times);
    }
    const [answered, failed] = [traced.ok.seconds(), traced.fault.seconds()];
    if (answered.size + failed.size === 0) return;
    this.#traces.record({ at: from, times: { ok: answered, fault: failed }, node, version, caller });
  }

  #nodeOf(role: string): string {
    return this.#options.service.targets[role] ?? role;
  }
}
