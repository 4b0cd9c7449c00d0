import type { MetricStore, Place } from '../cloudwatch/metric-store.ts';
import { Tally } from './tally.ts';

/** Whose traffic it is, in App Mesh's names. */
export interface MeshService extends Partial<Place> {
  readonly mesh: string;
  readonly virtualService: string;
}

/** Periods under a minute need high-resolution metrics. */
const resolutionOf = ({ at, publishedAt }: { at: number; publishedAt: number }): number =>
  publishedAt - at < 60_000 ? 1 : 60;

/**
 * Counts of one service's traffic, published as the App Mesh metrics extension does it: per caller and target
 * RequestCountPerTarget, HTTPCode_Target_2XX_Count to 5XX and TargetResponseTime (ms), per target RequestCount. What did not
 * happen is not published, so a missing 5XX beside requests means none. Source: App Mesh user guide, exporting metrics.
 */
export class MeshMetrics {
  readonly #store: MetricStore;
  readonly #namespace: string;
  readonly #service: MeshService;
  #outbound = new Map<string, { caller: string; target: string; tally: Tally }>();
  #inbound = new Map<string, number>();

  constructor(options: { store: MetricStore; namespace?: string | undefined; service: MeshService }) {
    this.#store = options.store;
    this.#namespace = options.namespace ?? 'AppMesh';
    this.#service = options.service;
  }

  /** What this caller saw of this target since the last publication. */
  outbound(caller: string, target: string): Tally {
    const key = `${caller}\n${target}`;
    const known = this.#outbound.get(key) ?? { caller, target, tally: new Tally() };
    this.#outbound.set(key, known);
    return known.tally;
  }

  /** Counts requests that arrived at a target, whoever sent them. */
  inbound(target: string, count: number): void {
    if (count > 0) this.#inbound.set(target, (this.#inbound.get(target) ?? 0) + count);
  }

  /** Sends what was counted as the period that began at `start` and ended at `end` (epoch ms), and counts anew. */
  publish(start: number, end: number): void {
    const time = { at: start, publishedAt: end };
    for (const { caller, target, tally } of this.#outbound.values())
      this.#publishTally(time, caller, target, tally);
    for (const [target, count] of this.#inbound)
      this.#record(time, 'RequestCount', { Mesh: this.#service.mesh, VirtualNode: target }, count);
    this.#outbound = new Map();
    this.#inbound = new Map();
  }

  #publishTally(
    time: { at: number; publishedAt: number },
    caller: string,
    target: string,
    tally: Tally,
  ): void {
    const dimensions = {
      Mesh: this.#service.mesh,
      VirtualNode: caller,
      TargetVirtualService: this.#service.virtualService,
      TargetVirtualNode: target,
    };
    if (tally.requests > 0) this.#record(time, 'RequestCountPerTarget', dimensions, tally.requests);
    for (const [kind, count] of tally.classes)
      this.#record(time, `HTTPCode_Target_${kind}XX_Count`, dimensions, count);
    const entries = tally.times.entries();
    if (entries.length === 0) return;
    this.#store.record({
      ...this.#place(),
      ...time,
      namespace: this.#namespace,
      name: 'TargetResponseTime',
      dimensions,
      unit: 'Milliseconds',
      resolution: resolutionOf(time),
      values: entries.map(([milliseconds]) => milliseconds),
      counts: entries.map(([, count]) => count),
    });
  }

  #record(
    time: { at: number; publishedAt: number },
    name: string,
    dimensions: Record<string, string>,
    value: number,
  ): void {
    this.#store.record({
      ...this.#place(),
      ...time,
      namespace: this.#namespace,
      name,
      dimensions,
      unit: 'Count',
      value,
      resolution: resolutionOf(time),
    });
  }

  #place(): Partial<Place> {
    const { account, region } = this.#service;
    return { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) };
  }
}
