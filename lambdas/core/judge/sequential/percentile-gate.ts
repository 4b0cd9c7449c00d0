/** Where a source has percentiles of durations and no counts, they can hold a canary; they never enter the evidence. */
import type { Period } from '../../evidence.ts';
import type { RolloutSpec } from '../../spec/schema.ts';
import { populationsDiffer } from '../populations.ts';
import { durationsOf } from './from-spec.ts';

/** A percentile of the canary beyond its limit while the primary keeps it. */
export interface PercentileGate {
  readonly percentile: number;
  /** Milliseconds. */
  readonly canary: number;
  /** Absent where only the canary serves. */
  readonly primary?: number;
  readonly limit: number;
}

/** What the newest period says. A primary beyond the limit too blames nobody, so it is needed where it serves. */
export const percentileGate = (
  spec: Pick<RolloutSpec, 'analysis' | 'strategy'>,
  newest: Period | undefined,
): PercentileGate | undefined => {
  for (const { percentile, max: limit } of durationsOf(spec)) {
    const canary = newest?.canary?.percentiles?.[String(percentile)];
    const primary = newest?.primary?.percentiles?.[String(percentile)];
    const alone = populationsDiffer(spec) && primary === undefined;
    if (canary !== undefined && canary > limit && (alone || (primary !== undefined && primary <= limit)))
      return { percentile, canary, limit, ...(primary !== undefined && { primary }) };
  }
  return undefined;
};
