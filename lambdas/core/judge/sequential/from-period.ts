/** A period of the metric source as the counts that the metrics compare. */
import type { Counts, Period } from '../../evidence.ts';
import { isCount, type PairedCounts, type SideCounts } from './counts.ts';
import { COMPARED, ERRORS, type SequentialSettings } from './settings.ts';
import type { Observation } from './step.ts';

/** Milliseconds beyond which a request counts as slow, per side: the canary's is 1.1 times the primary's. */
export interface SlowBeyond {
  readonly canary: number;
  readonly primary: number;
}

/** Where the latency counts are found: by metric, and by limit (`of` an error limit needs none). */
export interface LatencyLimits {
  readonly metrics: Readonly<Record<string, SlowBeyond>>;
  readonly limits: Readonly<Record<string, SlowBeyond>>;
}

/** A spec's own metrics among those compared, and which limits are of one of them: limit to metric. */
export interface CustomParts {
  readonly metrics: readonly string[];
  readonly limits: Readonly<Record<string, string>>;
}

/** Every compared metric that is none of the judge's own, and the limits of those. */
export const customParts = ({
  metrics,
  limits,
}: Pick<SequentialSettings, 'metrics' | 'limits'>): CustomParts => {
  const names = Object.keys(metrics).filter((name) => !(name in COMPARED));
  return {
    metrics: names,
    limits: Object.fromEntries(
      Object.entries(limits).flatMap(([limit, { of }]) => (names.includes(of) ? [[limit, of] as const] : [])),
    ),
  };
};

/** A canary may be this much slower at each quantile. */
export const TOLERANCE = 1.1;

const failures = (counts: Counts | undefined): SideCounts | undefined =>
  counts && { requests: counts.requests, bad: counts.failures };

const slow = (counts: Counts | undefined, limit: number): SideCounts | undefined => {
  const bad = counts?.slower?.[String(limit)];
  return counts?.timed === undefined || bad === undefined ? undefined : { requests: counts.timed, bad };
};

const pair = (canary: SideCounts | undefined, primary: SideCounts | undefined): PairedCounts | undefined =>
  canary === undefined || primary === undefined ? undefined : { canary, primary };

/** A side that is absent had no data, and then its metrics are absent too. Latency limits are given where they are known. */
export const observationOf = (
  { canary, primary }: Period,
  latency: LatencyLimits,
  errorLimits: readonly string[],
  custom: CustomParts = { metrics: [], limits: {} },
): Observation => {
  const errors = pair(failures(canary), failures(primary));
  const slowPairs = (limits: Readonly<Record<string, SlowBeyond>>) =>
    Object.fromEntries(
      Object.entries(limits).map(([name, limit]) => [
        name,
        pair(slow(canary, limit.canary), slow(primary, limit.primary)),
      ]),
    );
  const ownPair = (name: string) => pair(canary?.custom?.[name], primary?.custom?.[name]);
  return {
    metrics: {
      [ERRORS]: errors,
      ...slowPairs(latency.metrics),
      ...Object.fromEntries(custom.metrics.map((name) => [name, ownPair(name)])),
    },
    limits: {
      ...Object.fromEntries(Object.entries(custom.limits).map(([limit, of]) => [limit, ownPair(of)])),
      ...Object.fromEntries(errorLimits.map((name) => [name, errors])),
      ...slowPairs(latency.limits),
    },
  };
};

const sane = (counts: Counts | undefined): Counts | undefined => {
  const side = counts && { requests: counts.requests, bad: Math.min(counts.failures, counts.requests) };
  return side !== undefined && isCount(side) ? counts : undefined;
};

/** The period without the sides whose numbers are no counts: as if they had not been measured. */
export const withoutNonsense = ({ start, end, ...sides }: Period): Period => {
  const [canary, primary] = [sane(sides.canary), sane(sides.primary)];
  return { start, end, ...(canary && { canary }), ...(primary && { primary }) };
};
