import type { HistogramEntry, TimeSeriesServiceStatistics, XRayClient } from '@aws-sdk/client-xray';
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
import { fromAws } from '../aws-errors.ts';
import { MOST_MS, selector, timeSeries } from './statistics.ts';

const timed = (histogram: readonly HistogramEntry[]): number =>
  histogram.reduce((sum, { Count = 0 }) => sum + Count, 0);

/** X-Ray gives seconds, limits are milliseconds; a limit itself is not above it. */
const slowerThan = (histogram: readonly HistogramEntry[], limit: number): number =>
  timed(histogram.filter(({ Value = 0 }) => Value * 1000 > limit));

/** The smallest value (ms) with at least so many percent of the samples at or below it. */
const percentileOf = (rising: readonly HistogramEntry[], percentile: number): number | undefined => {
  const rank = (percentile * timed(rising)) / 100;
  let seen = 0;
  const entry = rising.find(({ Count = 0 }) => {
    seen += Count;
    return seen >= rank;
  });
  return entry?.Value === undefined ? undefined : entry.Value * 1000;
};

const rising = (histogram: readonly HistogramEntry[]): HistogramEntry[] =>
  histogram.filter(({ Count = 0 }) => Count > 0).sort((a, b) => (a.Value ?? 0) - (b.Value ?? 0));

const percentilesOf = (histogram: readonly HistogramEntry[], wanted: readonly number[]) => {
  const sorted = rising(histogram);
  return Object.fromEntries(
    wanted.flatMap((percentile) => {
      const value = percentileOf(sorted, percentile);
      return value === undefined ? [] : [[String(percentile), value] as const];
    }),
  );
};

const countsOf = (
  found: TimeSeriesServiceStatistics,
  limits: readonly number[],
  percentiles: readonly number[],
): Counts | undefined => {
  const { ServiceSummaryStatistics, EdgeSummaryStatistics, ResponseTimeHistogram: histogram = [] } = found;
  const { TotalCount: requests = 0, FaultStatistics } =
    ServiceSummaryStatistics ?? EdgeSummaryStatistics ?? {};
  if (requests === 0) return undefined;
  return {
    requests,
    failures: FaultStatistics?.TotalCount ?? 0,
    timed: timed(histogram),
    slower: Object.fromEntries(limits.map((limit) => [limit, slowerThan(histogram, limit)])),
    percentiles: percentilesOf(histogram, percentiles),
  };
};

/**
 * X-Ray as a source of evidence: traced requests, so what it counts is a sample (5 % by Envoy's default), the same share
 * of both versions. Fewer requests prove less; the counts themselves are used as they are, never scaled up.
 */
export class XRayMetrics implements MetricSource {
  readonly #client: XRayClient;
  readonly #source: NonNullable<SourceSpec['xRay']>;

  constructor(client: XRayClient, source: NonNullable<SourceSpec['xRay']>) {
    this.#client = client;
    this.#source = source;
  }

  async identify({ mesh, nodes }: TrafficRouter['identity']): Promise<MetricIdentity> {
    const { services } = this.#source;
    return {
      series: [],
      xRay: services ?? { primary: `${mesh}/${nodes.primary}`, canary: `${mesh}/${nodes.canary}` },
    };
  }

  async periods({
    identity,
    from,
    to,
    limits,
    percentiles,
    sides = ['primary', 'canary'],
  }: EvidenceQuery): Promise<readonly Period[]> {
    const periodMs = this.#source.period * 1000;
    const periods = new Map<number, { canary?: Counts; primary?: Counts }>();
    for (const side of sides) {
      for (const found of await this.#read(identity, side, from, to)) {
        const start = found.Timestamp?.getTime();
        const counts = countsOf(found, limits[side], percentiles);
        if (start !== undefined && counts !== undefined)
          periods.set(start, { ...periods.get(start), [side]: counts });
      }
    }
    return [...periods]
      .sort(([a], [b]) => a - b)
      .map(([start, counts]) => ({
        start: new Date(start).toISOString(),
        end: new Date(start + periodMs).toISOString(),
        ...counts,
      }));
  }

  async primaryPercentiles({
    identity,
    from,
    to,
    percentiles,
  }: Pick<EvidenceQuery, 'identity' | 'from' | 'to' | 'percentiles'>): Promise<LatencyPercentiles> {
    const found = await this.#read(identity, 'primary', from, to);
    const all = found.flatMap(({ ResponseTimeHistogram = [] }) => ResponseTimeHistogram);
    return { milliseconds: percentilesOf(all, percentiles) };
  }

  /** The whole periods of a span, in as many calls as six hours each take. */
  async #read(
    { xRay }: MetricIdentity,
    side: Side,
    from: Date,
    to: Date,
  ): Promise<readonly TimeSeriesServiceStatistics[]> {
    const { callers, period } = this.#source;
    const periodMs = period * 1000;
    const until = Math.floor(to.getTime() / periodMs) * periodMs;
    const expression = selector(xRay?.[side] ?? '', callers);
    const found: TimeSeriesServiceStatistics[] = [];
    for (let at = Math.ceil(from.getTime() / periodMs) * periodMs; at < until; at += MOST_MS) {
      const span = { from: new Date(at), to: new Date(Math.min(at + MOST_MS, until)) };
      found.push(
        ...(await timeSeries(this.#client, { ...span, expression, period }).catch(fromAws('read traces'))),
      );
    }
    return found;
  }
}
