/** Where a source has percentiles of durations and no counts, they can hold a canary; they never enter the evidence. */
import type { Period } from '../../evidence.ts';
import type { RolloutSpec } from '../../spec/schema.ts';
import { durationsOf } from './from-spec.ts';

/** A percentile of the canary beyond its limit while the primary keeps it. */
export interface PercentileGate {
  readonly percentile: number;
  /** Milliseconds. */
  readonly canary: number;
  readonly primary: number;
  readonly limit: number;
}

/** What the newest period says. Both sides are needed: a primary beyond the limit too blames nobody. */
export const percentileGate = (
  spec: Pick<RolloutSpec, 'analysis'>,
  newest: Period | undefined,
): PercentileGate | undefined => {
  for (const { percentile, max: limit } of durationsOf(spec)) {
    const canary = newest?.canary?.percentiles?.[String(percentile)];
    const primary = newest?.primary?.percentiles?.[String(percentile)];
    if (canary !== undefined && primary !== undefined && canary > limit && primary <= limit)
      return { percentile, canary, primary, limit };
  }
  return undefined;
};
