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

const NO_REQUESTS: SideCounts = { requests: 0, bad: 0 };

const pair = (canary: SideCounts | undefined, primary: SideCounts | undefined): PairedCounts | undefined =>
  canary === undefined || primary === undefined ? undefined : { canary, primary };

/** A limit that the canary keeps by itself needs no primary: with all traffic on the canary there is none. */
const alone = (canary: SideCounts | undefined, primary: SideCounts | undefined): PairedCounts | undefined =>
  pair(canary, primary ?? NO_REQUESTS);

/**
 * A side that is absent had no data, and then its metrics are absent too. Latency limits are given where they are known.
 * @param decides with `limits`, these need the canary only
 */
export const observationOf = (
  { canary, primary }: Period,
  latency: LatencyLimits,
  errorLimits: readonly string[],
  custom: CustomParts = { metrics: [], limits: {} },
  decides: SequentialSettings['decides'] = 'comparison',
): Observation => {
  const slowPairs = (limits: Readonly<Record<string, SlowBeyond>>, by: typeof pair) =>
    Object.fromEntries(
      Object.entries(limits).map(([name, limit]) => [
        name,
        by(slow(canary, limit.canary), slow(primary, limit.primary)),
      ]),
    );
  const errors = (by: typeof pair) => by(failures(canary), failures(primary));
  const own = (name: string, by: typeof pair) => by(canary?.custom?.[name], primary?.custom?.[name]);
  const limit = decides === 'limits' ? alone : pair;
  return {
    metrics: {
      [ERRORS]: errors(pair),
      ...slowPairs(latency.metrics, pair),
      ...Object.fromEntries(custom.metrics.map((name) => [name, own(name, pair)])),
    },
    limits: {
      ...Object.fromEntries(Object.entries(custom.limits).map(([name, of]) => [name, own(of, limit)])),
      ...Object.fromEntries(errorLimits.map((name) => [name, errors(limit)])),
      ...slowPairs(latency.limits, limit),
    },
  };
};

const sane = (counts: Counts | undefined): Counts | undefined => {
  const side = counts && { requests: counts.requests, bad: Math.min(counts.failures, counts.requests) };
  return side !== undefined && isCount(side) ? counts : undefined;
};

/** The period without the sides whose numbers are no counts: as if they had not been measured. */
export const withoutNonsense = ({ canary, primary, ...rest }: Period): Period => {
  const [canarys, primarys] = [sane(canary), sane(primary)];
  return { ...rest, ...(canarys && { canary: canarys }), ...(primarys && { primary: primarys }) };
};
