/** How often healthy releases are rolled back, with a bound that the number of simulated rollouts allows. */
import { HEALTHY } from './scenarios.ts';
import { type Cell, simulate } from './simulate.ts';

/** P(X <= k) for a binomial of n and p, summed in logs. */
export const atMost = (k: number, n: number, p: number): number => {
  if (p <= 0) return 1;
  if (p >= 1) return k >= n ? 1 : 0;
  let log = n * Math.log1p(-p);
  let sum = Math.exp(log);
  for (let i = 1; i <= k; i += 1) {
    log += Math.log((n - i + 1) / i) + Math.log(p / (1 - p));
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
};

/** The exact upper bound of a probability that came about k times in n (Clopper and Pearson 1934). */
export const upperBound = (k: number, n: number, confidence = 0.99): number => {
  let [low, high] = [k / n, 1];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (atMost(k, n, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
};

/** Healthy rollouts with the traffic and base rates that the bound is asked of: clean, shared incidents, noise and bursts. */
const WEATHER = HEALTHY.filter(({ name }) =>
  ['clean', 'shared incident', 'CV .5', 'bursts of 5'].includes(name),
);
const TRAFFIC = [5, 20, 100];
const BASES = [0.0001, 0.001, 0.01];

/** One rollout of the guarded judge, or of another way to run it. */
type Simulated = (cell: Cell, rollout: number) => { readonly outcome: string };
const guarded: Simulated = (cell, rollout) => simulate('seq guarded', cell, rollout);

/** @param rollouts in all, spread evenly over the cells; the seeds are the rollouts' numbers */
export const calibrate = (rollouts: number, simulated: Simulated = guarded) => {
  const cells = WEATHER.flatMap((scenario) =>
    TRAFFIC.flatMap((rps) => BASES.map((base) => ({ scenario, rps, base, lag: 0 }))),
  );
  let wrong = 0;
  for (let rollout = 0; rollout < rollouts; rollout += 1) {
    const cell = cells[rollout % cells.length];
    if (cell !== undefined && simulated(cell, rollout).outcome === 'rolledBack') wrong += 1;
  }
  return { rollouts, wrong, bound: upperBound(wrong, rollouts) };
};
