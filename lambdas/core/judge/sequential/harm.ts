/**
 * The evidence that the canary does harm: one test per size of harm, each a product of e-values, and their mean. A
 * supermartingale that starts at 1, so a healthy release ever reaches 1/alpha with a chance of at most alpha (Ville).
 */
import { type Bound, growthOptimalBet, logEvidence, oddsTimes } from './bet.ts';
import type { PairedCounts } from './counts.ts';
import { logAddExp } from './log-domain.ts';
import { spentMass, startingMass } from './restarts.ts';
import type { SequentialSettings } from './settings.ts';

/** By how much the odds of a bad request might have risen: the alternatives that are betted on. */
export const HARM_GRID: readonly number[] = [1.25, 1.5, 2, 3, 5, 10, 30, 100];

/** log wealth of each alternative; -Infinity before the first tick. */
export type HarmState = readonly number[];

export const freshHarm = (): HarmState => HARM_GRID.map(() => Number.NEGATIVE_INFINITY);

/** What a tick's evidence is scaled and bounded with. */
export interface Tempering {
  /** phi, 1 or more: log E is divided by it. A root of an e-value is one (Jensen). */
  readonly dispersion: number;
  /** Nats at most; a smaller e-value is one. Infinity for none. */
  readonly cap: number;
}

/** Beyond this rate there is no harm left to bet on. */
const MOST_ALLOWED = 0.95;

/**
 * log E of a tick against `bound`, per alternative.
 * @param primaryRate known before the tick
 */
export const harmEvidence = (
  bound: Bound,
  counts: PairedCounts,
  primaryRate: number,
  { dispersion, cap }: Tempering,
): readonly number[] => {
  const requests = { canary: counts.canary.requests, primary: counts.primary.requests };
  const allowed = Math.min(MOST_ALLOWED, bound.ratio * primaryRate + bound.slack);
  return HARM_GRID.map((multiple) => {
    const bet = growthOptimalBet(bound, requests, oddsTimes(allowed, multiple), primaryRate);
    return bet.canary > 1 ? Math.min(logEvidence(bet, bound.slack, counts) / dispersion, cap) : 0;
  });
};

/**
 * Goes on by a tick: S = log(exp(S) + w_t) + log E. A tick without evidence starts its test all the same, with E = 1.
 * @param tick from 1
 */
export const advanceHarm = (
  state: HarmState,
  settings: SequentialSettings,
  tick: number,
  evidence: readonly number[] | undefined,
): HarmState => {
  const starting = Math.log(startingMass(settings, tick));
  return state.map((wealth, index) => logAddExp(wealth, starting) + (evidence?.[index] ?? 0));
};

/** E of a metric after a tick: the mean wealth and the mass that has not started. */
export const harmValue = (state: HarmState, settings: SequentialSettings, tick: number): number =>
  state.reduce((sum, wealth) => sum + Math.exp(wealth), 0) / state.length + 1 - spentMass(settings, tick);
