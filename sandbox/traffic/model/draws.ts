import { exp, log, logFactorial } from '../../exact-math.ts';

type Random = () => number;

/**
 * Inverts a discrete distribution from its mode outwards with one uniform number: exact, in about as many steps as the
 * distribution is wide. `up(k)` is P(k+1)/P(k), `down(k)` is P(k-1)/P(k).
 */
const invertFromMode = (
  random: Random,
  {
    mode,
    atMode,
    up,
    down,
  }: { mode: number; atMode: number; up(k: number): number; down(k: number): number },
): number => {
  let left = random() - atMode;
  let [high, low] = [mode, mode];
  let [highShare, lowShare] = [atMode, atMode];
  while (left > 0 && highShare + lowShare > 0) {
    highShare *= up(high);
    high++;
    left -= highShare;
    if (left <= 0) return high;
    lowShare *= down(low);
    low--;
    left -= lowShare;
    if (left <= 0) return low;
  }
  return mode;
};

/** A Poisson number with that mean. */
export const poisson = (random: Random, mean: number): number => {
  if (mean <= 0) return 0;
  const mode = Math.floor(mean);
  return invertFromMode(random, {
    mode,
    atMode: exp(mode * log(mean) - mean - logFactorial(mode)),
    up: (k) => mean / (k + 1),
    down: (k) => k / mean,
  });
};

/** How many of `n` come out when each does with probability `p`. */
export const binomial = (random: Random, n: number, p: number): number => {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  const odds = p / (1 - p);
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const ways = logFactorial(n) - logFactorial(mode) - logFactorial(n - mode);
  return invertFromMode(random, {
    mode,
    atMode: exp(ways + mode * log(p) + (n - mode) * log(1 - p)),
    up: (k) => (k >= n ? 0 : ((n - k) / (k + 1)) * odds),
    down: (k) => k / (n - k + 1) / odds,
  });
};

/** Splits `n` over shares (any scale) at random, independently each; all zero shares split nothing. */
export const multinomial = (random: Random, n: number, shares: readonly number[]): number[] => {
  let left = n;
  let weight = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => {
    const taken = weight <= 0 ? 0 : binomial(random, left, Math.min(1, share / weight));
    left -= taken;
    weight -= share;
    return taken;
  });
};
