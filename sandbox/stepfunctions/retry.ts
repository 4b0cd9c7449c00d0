import type { Retrier } from './definition.ts';
import { matches, type StateFailure } from './failure.ts';

/** How often each rule has retried in this visit of the state. */
export type RetryCounts = Map<Retrier, number>;

/**
 * Milliseconds until the next attempt by the first rule that matches, or undefined when there is none or it is used up.
 * Interval n is IntervalSeconds · BackoffRate^n, at most MaxDelaySeconds; FULL jitter draws from 0 to that.
 */
export const nextRetry = (
  rules: readonly Retrier[],
  counts: RetryCounts,
  failure: StateFailure,
  random: () => number,
): number | undefined => {
  const rule = rules.find(({ ErrorEquals }) => matches(ErrorEquals, failure));
  if (rule === undefined) return undefined;
  const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = Infinity } = rule;
  const made = counts.get(rule) ?? 0;
  if (made >= MaxAttempts) return undefined;
  counts.set(rule, made + 1);
  const seconds = Math.min(IntervalSeconds * BackoffRate ** made, MaxDelaySeconds);
  return Math.round(seconds * 1000 * (rule.JitterStrategy === 'FULL' ? random() : 1));
};
