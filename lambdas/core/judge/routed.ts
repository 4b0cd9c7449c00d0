import type { Period } from '../evidence.ts';

/** ln(1,000,000): a healthy split is called unrouted at most once in a million periods. */
const EVIDENCE_NATS = Math.log(1e6);
/** "Well above": a share of up to a tenth more than the weight is let go, however many requests prove it. */
const WELL_ABOVE = 1.1;

/** Kullback-Leibler divergence of two Bernoulli distributions, in nats: how far a share is from a weight. */
const divergence = (share: number, weight: number): number => {
  const term = (p: number, q: number) => (p === 0 ? 0 : p * Math.log(p / q));
  return term(share, weight) + term(1 - share, 1 - weight);
};

/**
 * The canary's share of a period's requests where it is well above its weight, beyond what the route's own dice can do
 * (I10); undefined otherwise, and where the primary was not measured. With n requests and a share s, chance makes s or
 * more of a weight w with a probability of at most exp(-n KL(s, w)) (Chernoff's bound for the binomial).
 * @param weight percent of the canary
 * @returns a share of 0 to 1
 */
export const unroutedShare = ({ canary, primary }: Period, weight: number): number | undefined => {
  if (canary === undefined || primary === undefined || weight <= 0 || weight >= 100) return undefined;
  const requests = canary.requests + primary.requests;
  const share = requests > 0 ? canary.requests / requests : 0;
  const expected = weight / 100;
  if (share <= expected * WELL_ABOVE) return undefined;
  return requests * divergence(share, expected) > EVIDENCE_NATS ? share : undefined;
};
