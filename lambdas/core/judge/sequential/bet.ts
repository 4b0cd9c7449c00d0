/**
 * The e-variable of a tick. A metric counts bad requests, x_c of n_c for the canary and x_p of n_p for the primary; the
 * null hypothesis is p_c <= r p_p + d. With kappa = r n_c / n_p and any a > 1, b = 1 + kappa - kappa a >= 0:
 *
 *     E = a^x_c b^x_p exp(-d n_c (a - 1))
 *
 * has an expectation of at most exp(n_c (a - 1)(p_c - r p_p - d)) <= 1, because a Bernoulli's moment generating function
 * lies below the Poisson's of the same mean and n_p (b - 1) = -r n_c (a - 1): whatever p_p is, and however it moves for
 * both. With a < 1 it tests p_c >= r p_p + d. With r = 0 it is the one-sample test of p_c <= d. With d = 0 it is the
 * conditional binomial likelihood ratio (Lindon and Malek 2022, arXiv 2011.03567; Hao et al. 2023, arXiv 2303.00471).
 */
import type { PairedCounts } from './counts.ts';

/** The hypothesis p_c <= ratio p_p + slack. `slack` is a share of 0 to 1. */
export interface Bound {
  readonly ratio: number;
  readonly slack: number;
}

/** What one canary request, and one primary request, that went bad multiplies the evidence with. */
export interface Bet {
  readonly canary: number;
  readonly primary: number;
}

/** The canary's rate if its odds are `multiple` times those of `rate`. */
export const oddsTimes = (rate: number, multiple: number): number =>
  (multiple * rate) / (1 - rate + multiple * rate);

const kappaOf = ({ ratio }: Bound, canary: number, primary: number): number =>
  ratio === 0 ? 0 : (ratio * canary) / primary;

/**
 * The growth-optimal bet for an alternative: it maximises E[log E] where the canary's rate is `canaryRate` and the
 * primary's `primaryRate`. The smaller root of d kappa a^2 - B a + C = 0, so that b >= 0.
 * @param requests of both versions in the tick, both above 0 (the primary's is not needed for a ratio of 0)
 */
export const growthOptimalBet = (
  bound: Bound,
  requests: { readonly canary: number; readonly primary: number },
  canaryRate: number,
  primaryRate: number,
): Bet => {
  const { ratio, slack } = bound;
  const kappa = kappaOf(bound, requests.canary, requests.primary);
  const square = slack * kappa;
  const linear = kappa * canaryRate + ratio * primaryRate + slack * (1 + kappa);
  const constant = canaryRate * (1 + kappa);
  const root = Math.sqrt(Math.max(0, linear * linear - 4 * square * constant));
  const canary = (2 * constant) / (linear + root);
  return { canary, primary: Math.max(0, 1 + kappa - kappa * canary) };
};

/** x log a, which is 0 for no bad requests whatever the bet was. */
const timesLog = (bad: number, factor: number): number => (bad === 0 ? 0 : bad * Math.log(factor));

/** log E of a tick, in nats. Counts may be expected ones, of any size of 0 or more. */
export const logEvidence = (bet: Bet, slack: number, { canary, primary }: PairedCounts): number =>
  timesLog(canary.bad, bet.canary) +
  timesLog(primary.bad, bet.primary) -
  slack * canary.requests * (bet.canary - 1);
