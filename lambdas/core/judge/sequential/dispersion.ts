/**
 * How much more counts vary than chance alone makes them: phi, 1 for pure chance. Evidence is divided by it. What comes
 * in bursts would otherwise look like proof: up to 99 % of healthy releases were rolled back without it (docs/judge.md).
 */
import type { PairedCounts, SideCounts } from './counts.ts';
import type { ComparedMetric } from './settings.ts';

/** Ticks summed to blocks: bursts that last longer than a tick show only there. */
const BLOCKS = [1, 5, 15];
/** Without history, counts are taken to vary twice as much as by chance. */
export const UNKNOWN_DISPERSION = 2;

/** Sums of whole blocks of `length` ticks; what is left over at the end is left out. */
const blockSums = (values: readonly number[], length: number): number[] =>
  Array.from({ length: Math.floor(values.length / length) }, (_, block) =>
    values.slice(block * length, (block + 1) * length).reduce((sum, value) => sum + value, 0),
  );

/**
 * Successive differences: sum (y_{i+1} - y_i)^2 / sum (y_{i+1} + y_i) is 1 for Poisson counts, and slow changes of traffic
 * do not raise it as they would a variance (von Neumann 1941). Numerator and denominator are at least 1.
 */
const successive = (sums: readonly number[], spread: number): number => {
  let squares = 0;
  let total = 0;
  for (const [index, value] of sums.slice(1).entries()) {
    const before = sums[index] ?? 0;
    squares += (value - before) ** 2;
    total += value + before;
  }
  return Math.max(1, squares / Math.max(1, total * spread));
};

const shareOf = (history: readonly SideCounts[]): number => {
  const requests = history.reduce((sum, tick) => sum + tick.requests, 0);
  return requests > 0 ? history.reduce((sum, tick) => sum + tick.bad, 0) / requests : 0;
};

/**
 * phi before the first tick, from the primary alone: history is one entry per tick, oldest first.
 * Latency counts can be a large share of the requests, so they vary as a binomial does, by 1 - rate less than a Poisson.
 */
export const historyDispersion = (metric: ComparedMetric, history: readonly SideCounts[]): number => {
  if (history.length < 2) return UNKNOWN_DISPERSION;
  const bad = history.map((tick) => tick.bad);
  const found =
    metric.kind === 'errors'
      ? Math.max(...BLOCKS.map((length) => successive(blockSums(bad, length), 1)))
      : successive(bad, 1 - shareOf(history));
  return 1 + metric.dispersionShare * (found - 1);
};

/** What a rollout has seen of the dispersion: the residuals' sum and number, and decaying sums of both versions. */
export interface DispersionState {
  readonly initial: number;
  readonly sum: number;
  readonly ticks: number;
  /** Canary requests and bad ones, primary requests and bad ones. */
  readonly recent: readonly [number, number, number, number];
}

export const freshDispersion = (initial: number): DispersionState => ({
  initial,
  sum: 0,
  ticks: 0,
  recent: [0, 0, 0, 0],
});

/** The history weighs as much as this many ticks. */
const PRIOR_TICKS = 5;

/**
 * phi of the next tick. What the rollout shows may only lower it: a real regression would otherwise blind the test that
 * is to find it.
 */
export const dispersion = ({ initial, sum, ticks }: DispersionState): number =>
  Math.min(initial, Math.max(1, (PRIOR_TICKS * initial + sum) / (PRIOR_TICKS + ticks)));

const DECAY = 0.7;
const MOST_RATIO = 50;
/** One bad tick counts at most this many times what history shows. */
const MOST_RESIDUAL = 9;

/** The ratio of the canary's rate to the primary's over recent ticks, 1 before the first. */
const recentRatio = ([canaryRequests, canaryBad, primaryRequests, primaryBad]: DispersionState['recent']) => {
  if (canaryRequests <= 0 || primaryRequests <= 0) return 1;
  const ratio = (canaryBad + 0.5) / canaryRequests / ((primaryBad + 0.5) / primaryRequests);
  return Math.min(MOST_RATIO, Math.max(1 / MOST_RATIO, ratio));
};

/** Pearson's residual of the canary's bad requests given those of both; undefined where too few are expected. */
const residual = (state: DispersionState, { canary, primary }: PairedCounts): number | undefined => {
  const weighted = recentRatio(state.recent) * canary.requests;
  const share = weighted / (weighted + primary.requests);
  const bad = canary.bad + primary.bad;
  if (!(bad * Math.min(share, 1 - share) >= 1)) return undefined;
  return Math.min(
    (canary.bad - bad * share) ** 2 / (bad * share * (1 - share)),
    MOST_RESIDUAL * state.initial,
  );
};

/** Takes in a tick, after its evidence was judged with the phi from before it. */
export const observeDispersion = (state: DispersionState, counts: PairedCounts): DispersionState => {
  const found = residual(state, counts);
  const { canary, primary } = counts;
  const [canaryRequests, canaryBad, primaryRequests, primaryBad] = state.recent;
  return {
    initial: state.initial,
    sum: state.sum + (found ?? 0),
    ticks: state.ticks + (found === undefined ? 0 : 1),
    recent: [
      DECAY * canaryRequests + canary.requests,
      DECAY * canaryBad + canary.bad,
      DECAY * primaryRequests + primary.requests,
      DECAY * primaryBad + primary.bad,
    ],
  };
};
