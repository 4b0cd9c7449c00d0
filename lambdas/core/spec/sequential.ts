/** What a spec may set of the sequential judge; what is left out is as docs/judge.md measured it. */
import * as z from 'zod';
import { duration } from './duration-schema.ts';

const between = (least: number, most: number) =>
  z.number().min(least, `must be ${least} to ${most}`).max(most, `must be ${least} to ${most}`);
const whole = (least: number, most: number) => between(least, most).int('must be a whole number');
/** Percentage points: 0.5 is half a percent of the requests. */
const points = () => between(0, 50);

/** Settings of the whole analysis. */
export const sequential = z.strictObject({
  /** Chance that a healthy release is ever rolled back, and that one at or beyond a margin is ever promoted. */
  alpha: between(0.0001, 0.2),
  beta: between(0.001, 0.5),
  /** Ticks over which the restarts of the test are spread; the deadline's when absent. */
  horizon: whole(2, 2000),
  startMass: between(0.05, 1),
  /** Nats that one tick can add to the evidence. */
  cap: between(1, 20),
  /** Evidence from which on the weight stays. */
  hold: between(1, 1000),
  /** Ticks at the start in which durations do not count. */
  warmup: whole(0, 60),
  /** Failed requests a tick that a jump of `mode: fast` may cost. */
  budget: between(1, 1_000_000),
  catastrophe: z
    .strictObject({ requests: whole(5, 1_000_000), share: between(1, 100), primary: between(0, 50) })
    .partial(),
  /** How far back the primary is read before the rollout. */
  history: duration({ min: 600, max: 86_400 }),
});

/** What a metric may set of its comparison. `ratio` and `slack`: no harm is p_c <= ratio p_p + slack. */
export const comparison = {
  weight: between(0, 1).optional(),
  limitWeight: between(0, 1).optional(),
  ratio: between(1, 10).optional(),
  slack: points().optional(),
};

/** Not worse is p_c < p_p + margin: what promotion must prove, in percentage points. */
export const margin = () => between(0.01, 50).optional();

/** By how much slower the canary may be at each quantile: 1.1 is ten percent. */
export const tolerance = () => between(1, 10).optional();

/** Margins of durations, by the primary's percentile that they are counted beyond. */
export const margins = () =>
  z.strictObject({ p75: margin(), p95: margin(), p99: margin() }).partial().optional();
