/** The smallest regression that a rollout would stop. */
import { type Chances, chances, type Rollouts } from './chances.ts';
import type { Regression } from './traffic.ts';

/** Shares of requests that fail beyond the usual, rising. */
export const ERROR_SIZES: readonly number[] = [
  0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1,
];
/** What response times are multiplied with, rising. */
export const LATENCY_SIZES: readonly number[] = [1.15, 1.2, 1.3, 1.5, 1.75, 2, 2.5, 3, 4, 6, 10];

export const errorRegressions: readonly Regression[] = ERROR_SIZES.map((errors) => ({ errors, latency: 1 }));
export const latencyRegressions: readonly Regression[] = LATENCY_SIZES.map((latency) => ({
  errors: 0,
  latency,
}));

/** A rollout "shows" a regression that it stops this often. */
export const SHOWN = 0.9;

/**
 * The first of rising regressions that is rolled back in nine of ten rollouts; undefined where not even the largest is.
 * A larger one is stopped at least as often, so it is found by halving.
 */
export const smallestShown = (
  rollouts: Rollouts,
  rising: readonly Regression[],
  draws: number,
): Chances | undefined => {
  let found: Chances | undefined;
  let [low, high] = [0, rising.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const regression = rising[middle];
    if (regression === undefined) break;
    const of = chances(rollouts, regression, draws);
    if (of.rolledBack >= SHOWN) {
      found = of;
      high = middle - 1;
    } else low = middle + 1;
  }
  return found;
};
