import type {
  Counts,
  EvidenceQuery,
  LatencyPercentiles,
  MetricIdentity,
  Period,
} from '../../core/evidence.ts';
import type { MetricSource, TrafficRouter } from '../../core/ports.ts';
import type { Side } from '../../core/rollout.ts';
import type { SourceSpec } from '../../core/spec/source.ts';
import type { Names } from '../query-names.ts';
import type { PrometheusClient, Range, Series } from './client.ts';
import {
  allOf,
  type Buckets,
  bucketsOf,
  interpolated,
  nearestEdge,
  periodOf,
  slowerThan,
} from './histogram.ts';
import { callerOf, queriesOf } from './queries.ts';
import { type Boundaries, boundariesOf, expectedRises, partsOf, type Rises, risesOf } from './rises.ts';

type Spec = NonNullable<SourceSpec['prometheus']>;

/** What was read of one side over a span. */
interface Read {
  readonly requests: readonly Series[];
  readonly failures: readonly Series[];
  readonly durations: readonly Series[];
  readonly msPerUnit: number;
}

/** What it comes to, by period. */
interface Counted {
  readonly requests: Rises;
  readonly failures: Rises;
  readonly buckets: Buckets;
}

const BOTH: readonly Side[] = ['primary', 'canary'];
const DIMENSIONS = { mesh: 'Mesh', target: 'TargetVirtualNode', caller: 'VirtualNode' } as const;
/** The steps in which a long past is summed, so that a counter that begins again loses no more than one of them. */
const COARSE_STEP_MS = 600_000;

const rangeOf = (boundaries: Boundaries, step: number): Range => ({
  from: boundaries[0] ?? 0,
  to: boundaries.at(-1) ?? 0,
  step,
});

const counted = (
  { requests, failures, durations, msPerUnit }: Read,
  boundaries: Boundaries,
  expected: Rises,
  parts = 1,
): Counted => {
  const all = risesOf(requests, boundaries, expected, parts);
  return {
    requests: all,
    failures: risesOf(failures, boundaries, all, parts),
    buckets: bucketsOf(durations, boundaries, all, msPerUnit, parts),
  };
};

const countsOf = (
  { requests, failures, buckets }: Counted,
  period: number,
  limits: readonly number[],
  percentiles: readonly number[],
): Counts | undefined => {
  const [all, failed] = [requests[period], failures[period]];
  // No request in a period is no data of this side: what a silent side would have answered is not known.
  if (all === undefined || failed === undefined || all <= 0) return undefined;
  const counts = { requests: all, failures: Math.min(failed, all) };
  const cumulative = buckets.size > 0 ? periodOf(buckets, period) : undefined;
  if (cumulative === undefined || allOf(cumulative) <= 0) return counts;
  const told = percentiles.flatMap((percentile) => {
    const value = interpolated(cumulative, percentile);
    return value === undefined ? [] : [[String(percentile), value] as const];
  });
  return {
    ...counts,
    timed: allOf(cumulative),
    slower: Object.fromEntries(limits.map((limit) => [limit, slowerThan(cumulative, limit)])),
    ...(told.length > 0 && { percentiles: Object.fromEntries(told) }),
  };
};

/**
 * Prometheus as a source of evidence: counters read at the periods' ends (and between), so that counts are exact. `increase()` would
 * extrapolate to the window's edges and give fractions. Requests between a counter's last scrape and its end are lost.
 */
export class PrometheusSource implements MetricSource {
  readonly #client: PrometheusClient;
  readonly #spec: Spec;
  readonly #names: Names;

  constructor(client: PrometheusClient, spec: Spec, names: Names) {
    this.#client = client;
    this.#spec = spec;
    this.#names = names;
  }

  async identify({ mesh, nodes }: TrafficRouter['identity'], now: Date): Promise<MetricIdentity> {
    const { callers = [], queries, period } = this.#spec;
    const series = callers.flatMap((caller) =>
      BOTH.map((side) => ({
        caller,
        side,
        dimensions: {
          [DIMENSIONS.mesh]: mesh,
          [DIMENSIONS.caller]: caller,
          [DIMENSIONS.target]: nodes[side],
        },
      })),
    );
    if (queries !== undefined) return { series: [] };
    const at = Math.floor(now.getTime() / (period * 1000)) * period * 1000;
    const found = await Promise.all(BOTH.map((side) => this.#read(side, [at, at], period * 1000)));
    const seen = new Set(found.flatMap(({ requests }) => requests.map(callerOf)));
    const unseen = callers.filter((caller) => !seen.has(caller));
    return { series, ...(unseen.length > 0 && { unseen }) };
  }

  async periods({ from, to, limits, percentiles, sides = BOTH }: EvidenceQuery): Promise<readonly Period[]> {
    const step = this.#spec.period * 1000;
    const boundaries = this.#boundaries(from, to, step);
    if (boundaries.length < 2) return [];
    const parts = partsOf(boundaries);
    const read = await Promise.all(sides.map((side) => this.#read(side, boundaries, step / parts)));
    const expected = expectedRises(
      read.flatMap(({ requests }) => requests),
      boundaries,
    );
    const bySide = sides.map((side, index) => {
      const of = read[index];
      return { side, of: of && counted(of, boundaries, expected, parts) };
    });
    return boundaries.slice(0, -1).flatMap((start, period) => {
      const counts = bySide.flatMap(({ side, of }) => {
        const found = of && countsOf(of, period, limits[side], percentiles);
        return found === undefined ? [] : [[side, found] as const];
      });
      if (counts.length === 0) return [];
      const span = { start: new Date(start).toISOString(), end: new Date(start + step).toISOString() };
      return [{ ...span, ...(Object.fromEntries(counts) as Partial<Record<Side, Counts>>) }];
    });
  }

  async primaryPercentiles({
    from,
    to,
    percentiles,
  }: Pick<EvidenceQuery, 'from' | 'to' | 'percentiles'>): Promise<LatencyPercentiles> {
    const step = Math.max(this.#spec.period * 1000, Math.min(COARSE_STEP_MS, to.getTime() - from.getTime()));
    const boundaries = this.#boundaries(from, to, step);
    if (boundaries.length < 2) return { milliseconds: {} };
    const read = await this.#read('primary', boundaries, step);
    const { buckets } = counted(read, boundaries, expectedRises(read.requests, boundaries));
    const sums = [...buckets].map(
      ([edge, rises]) => [edge, rises.reduce<number>((sum, rise = 0) => sum + rise, 0)] as const,
    );
    const found = percentiles.flatMap((percentile) => {
      const edge = nearestEdge(sums, percentile);
      return edge === undefined ? [] : [[String(percentile), edge] as const];
    });
    return { milliseconds: Object.fromEntries(found), ...(found.length > 0 && { coarse: true }) };
  }

  #boundaries(from: Date, to: Date, step: number): Boundaries {
    const period = this.#spec.period * 1000;
    const first = Math.ceil(from.getTime() / period) * period;
    return boundariesOf(first, Math.floor(to.getTime() / period) * period, step);
  }

  async #read(side: Side, boundaries: Boundaries, step: number): Promise<Read> {
    const { requests, failures, durations, msPerUnit } = queriesOf(this.#spec, side, this.#names);
    const range = rangeOf(boundaries, step);
    const ask = async (query: string | undefined): Promise<readonly Series[]> =>
      query === undefined ? [] : this.#ours(await this.#client.range(query, range));
    const [all, failed, timed] = await Promise.all([ask(requests), ask(failures), ask(durations)]);
    return { requests: all, failures: failed, durations: timed, msPerUnit };
  }

  /** Only listed callers count; the spec's own queries say themselves whose. */
  #ours(found: readonly Series[]): readonly Series[] {
    const { callers, queries } = this.#spec;
    return queries === undefined
      ? found.filter((series) => callers?.includes(callerOf(series) ?? ''))
      : found;
  }
}
