/** What the primary did before the rollout, as far as judging needs it: small, so that it travels in the execution. */
import type { SlowBeyond } from './from-period.ts';
import { significant } from './round.ts';
import type { SequentialSettings } from './settings.ts';
import { type History, type Prior, priorOf } from './state.ts';

/** Plain JSON under 1 KB. */
export interface Past extends Prior {
  readonly schema: 1;
  /** Finished periods with data. */
  readonly periods: number;
  /** The limits beyond which requests count as slow, by compared metric: fixed for the whole rollout. */
  readonly latency: Readonly<Record<string, SlowBeyond>>;
  /** The limits are edges of a coarse histogram, the same for both versions. */
  readonly coarse?: true;
  /** The source has percentiles of durations and no counts: they can hold a canary, and prove nothing. */
  readonly percentilesOnly?: true;
}

/** What is known of a primary that nothing was read of. */
export const NO_PAST: Past = { schema: 1, periods: 0, requestsPerTick: 0, metrics: {}, latency: {} };

/** Limits as they were found, before anything was counted. */
export type PastLimits = Pick<Past, 'latency' | 'coarse' | 'percentilesOnly'>;

/** Sums up a history. The same history and settings always give the same past. */
export const pastOf = (settings: SequentialSettings, history: History, limits: PastLimits): Past => {
  const prior = priorOf(settings, history);
  return {
    schema: 1,
    periods: Math.max(0, ...Object.values(history).map((ticks) => ticks.length)),
    requestsPerTick: significant(prior.requestsPerTick),
    metrics: Object.fromEntries(
      Object.entries(prior.metrics).map(([name, { rate, dispersion }]) => [
        name,
        { rate: significant(rate), dispersion: significant(dispersion) },
      ]),
    ),
    ...limits,
  };
};
