import type { Counts, EvidenceQuery, MetricIdentity, Period } from './evidence.ts';
import type { MetricSource, OwnMetrics, OwnPeriod } from './ports.ts';
import type { RolloutSpec } from './spec/schema.ts';
import { latencySource, type SourceSpec, successSource } from './spec/source.ts';

const latencyIdentity = (identity: MetricIdentity): MetricIdentity => identity.latency ?? identity;

/** What one source counted, with the durations of another. A side is there where its requests were counted. */
const withLatency = (counts: Counts | undefined, latency: Counts | undefined): Counts | undefined => {
  if (counts === undefined) return undefined;
  const { requests, failures, custom } = counts;
  const { timed, slower, percentiles } = latency ?? {};
  return {
    requests,
    failures,
    ...(custom && { custom }),
    ...(timed !== undefined && { timed }),
    ...(slower && { slower }),
    ...(percentiles && { percentiles }),
  };
};

const merged = (periods: readonly Period[], latency: readonly Period[]): readonly Period[] => {
  const byStart = new Map(latency.map((period) => [period.start, period]));
  return periods.map(({ start, end, ...sides }) => {
    const canary = withLatency(sides.canary, byStart.get(start)?.canary);
    const primary = withLatency(sides.primary, byStart.get(start)?.primary);
    return { start, end, ...(canary && { canary }), ...(primary && { primary }) };
  });
};

/** Failures from one source, durations from another. */
const twoSources = (success: MetricSource, latency: MetricSource): MetricSource => ({
  identify: async (router, now) => {
    const [own, other] = await Promise.all([success.identify(router, now), latency.identify(router, now)]);
    return { ...own, latency: other };
  },
  periods: async (query: EvidenceQuery) => {
    const nothing = { primary: [], canary: [] };
    const [counts, durations] = await Promise.all([
      success.periods({ ...query, limits: nothing, percentiles: [] }),
      latency.periods({ ...query, identity: latencyIdentity(query.identity) }),
    ]);
    return merged(counts, durations);
  },
  primaryPercentiles: (query) =>
    latency.primaryPercentiles({ ...query, identity: latencyIdentity(query.identity) }),
});

/** The source of a spec: one for all metrics, or one for failures and another for durations where the spec says so. */
export const perMetric = (
  analysis: RolloutSpec['analysis'],
  make: (source: SourceSpec) => MetricSource,
): MetricSource => {
  const [success, latency] = [successSource(analysis), latencySource(analysis)];
  return success === latency ? make(success) : twoSources(make(success), make(latency));
};

const withCounts = (counts: Counts | undefined, custom: Counts['custom']): Counts | undefined =>
  counts && { ...counts, ...(custom && { custom }) };

const withOwnOf = (period: Period, own: OwnPeriod | undefined): Period => {
  if (own === undefined) return period;
  const { start, end, ...sides } = period;
  const { numbers, unread } = own;
  const canary = withCounts(sides.canary, own.canary);
  const primary = withCounts(sides.primary, own.primary);
  return {
    start,
    end,
    ...(canary && { canary }),
    ...(primary && { primary }),
    ...(numbers && { numbers }),
    ...(unread && { unread }),
  };
};

/** A source with what the spec's own queries say. A period without requests may have numbers all the same. */
export const withOwn = (source: MetricSource, own: OwnMetrics): MetricSource => ({
  identify: async (router, now) => {
    // Asked once beforehand, so that a wrong query refuses the rollout and does not end it half-way.
    const hour = new Date(now.getTime() - 3_600_000);
    const [identity] = await Promise.all([source.identify(router, now), own.check({ from: hour, to: now })]);
    return identity;
  },
  primaryPercentiles: (query) => source.primaryPercentiles(query),
  periods: async (query) => {
    const [counted, asked] = await Promise.all([source.periods(query), own.periods(query)]);
    const byStart = new Map(asked.map((period) => [period.start, period]));
    const known = new Set(counted.map(({ start }) => start));
    const alone = asked.filter(({ start, numbers }) => numbers !== undefined && !known.has(start));
    return [
      ...counted.map((period) => withOwnOf(period, byStart.get(period.start))),
      ...alone.map(({ start, end, numbers }) => ({ start, end, ...(numbers && { numbers }) })),
    ].sort((a, b) => a.start.localeCompare(b.start));
  },
});
