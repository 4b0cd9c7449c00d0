/**
 * The proof that the canary is not worse than the primary by a margin: a test of p_c >= p_p + d, betted on with the
 * alternatives 0.6 p, p, p + d/4 and p + d/2. Where the two serve different users, a test of p_c >= limit instead. Proven at
 * evidence of 1/beta, which a release at or beyond the margin ever reaches with a chance of at most beta. All metrics must
 * be proven (intersection-union), so no metric shares its beta.
 */
import { type Bound, growthOptimalBet, logEvidence } from './bet.ts';
import type { PairedCounts } from './counts.ts';
import { logMeanExp } from './log-domain.ts';
import type { ComparedMetric, SequentialSettings } from './settings.ts';

const alternatives = (rate: number, margin: number): readonly number[] => [
  0.6 * rate,
  rate,
  rate + margin / 4,
  rate + margin / 2,
];
const ALTERNATIVES = 4;

/** log wealth of each alternative. */
export type ProofState = readonly number[];

export const freshProof = (): ProofState => Array.from({ length: ALTERNATIVES }, () => 0);

/** A margin this wide is proven without a request: it says nothing. */
const EMPTY_MARGIN = 0.5;

/** Whether a margin is so wide that little can be lost: services with little traffic move at once. */
export const needsNoProof = (margin: number): boolean => margin >= EMPTY_MARGIN;

/**
 * The margin to prove before the canary gets a share L of the traffic: d / L, or what costs `budget` failed requests a
 * tick, where that is more. At L = 1, which is promotion, it is d itself.
 */
export const marginAt = (
  metric: Pick<ComparedMetric, 'margin' | 'scaled'>,
  level: number,
  requestsPerTick: number,
  budget: number,
): number =>
  metric.scaled && level < 1
    ? Math.max(metric.margin / level, budget / (level * Math.max(requestsPerTick, 1)))
    : metric.margin;

const MOST_IDLE = 0.05;

/** The part of the wealth that is not betted, so that one bad tick that hits both versions cannot take all of it. */
const idleShare = (canaryRequests: number, margin: number): number =>
  Math.min(MOST_IDLE, MOST_IDLE * canaryRequests * margin) + 1e-9;

const provenAt = (settings: SequentialSettings): number => Math.log(1 / settings.beta);
/** Good evidence beyond this is not kept, so that a fault that comes later is not outweighed by it. */
const BANKED = 3;

/** What a proof is of, p_c < ratio p_p + slack, and the canary's rates that it bets on. */
interface Claim {
  readonly bound: Bound;
  readonly canaryRates: readonly number[];
  /** The primary's, known before the tick; of no bearing where the ratio is 0. */
  readonly primaryRate: number;
}

const advance = (
  state: ProofState,
  settings: SequentialSettings,
  counts: PairedCounts,
  { bound, canaryRates, primaryRate }: Claim,
  dispersion: number,
): ProofState => {
  const { canary, primary } = counts;
  const requests = { canary: canary.requests, primary: primary.requests };
  const idle = idleShare(canary.requests, bound.slack);
  const most = provenAt(settings) + BANKED + Math.log(ALTERNATIVES);
  return canaryRates.map((canaryRate, index) => {
    const bet = growthOptimalBet(bound, requests, canaryRate, primaryRate);
    const evidence = logEvidence(bet, bound.slack, counts) / dispersion;
    const tick = Math.min(Math.log((1 - idle) * Math.exp(evidence) + idle), settings.cap);
    return Math.min((state[index] ?? 0) + tick, most);
  });
};

/** Goes on by a tick. */
export const advanceProof = (
  state: ProofState,
  settings: SequentialSettings,
  counts: PairedCounts,
  primaryRate: number,
  margin: number,
  dispersion: number,
): ProofState => {
  const bound = { ratio: 1, slack: margin };
  const canaryRates = alternatives(primaryRate, margin);
  return advance(state, settings, counts, { bound, canaryRates, primaryRate }, dispersion);
};

/** Shares of a limit that a canary within it may be at. Nothing is known of it beforehand, so they span the range. */
const BELOW_LIMIT: readonly number[] = [0.1, 0.25, 0.5, 0.75];

export const belowLimit = (limit: number): readonly number[] => BELOW_LIMIT.map((part) => part * limit);

/** Goes on by a tick with the proof that the canary alone keeps a limit: the one-sample test of p_c >= limit. */
export const advanceKept = (
  state: ProofState,
  settings: SequentialSettings,
  counts: PairedCounts,
  limit: number,
  dispersion: number,
): ProofState => {
  const claim = { bound: { ratio: 0, slack: limit }, canaryRates: belowLimit(limit), primaryRate: 0 };
  return advance(state, settings, counts, claim, dispersion);
};

/** Whether the margin is proven by now. */
export const isProven = (state: ProofState, settings: SequentialSettings): boolean =>
  logMeanExp(state) >= provenAt(settings);

/** log evidence that is still missing, 0 or less when proven. */
export const missingProof = (state: ProofState, settings: SequentialSettings): number =>
  provenAt(settings) - logMeanExp(state);
