/** The primary's rate of bad requests as known before a tick: history first, then more and more what the ticks show. */
import type { SideCounts } from './counts.ts';
import type { ComparedMetric } from './settings.ts';

export interface PrimaryRate {
  /** The rate over the history. */
  readonly history: number;
  /** Requests that the history weighs as much as. */
  readonly strength: number;
  /** Decaying sums over the ticks. */
  readonly requests: number;
  readonly bad: number;
}

/** What a primary without history is first taken to have; a tick or two of its own outweigh it. */
export const UNKNOWN_RATE = 0.01;

/** Half a request of each kind, so that a history without errors is no promise of none. */
export const historyRate = (metric: ComparedMetric, history: readonly SideCounts[]): number => {
  if (metric.knownRate !== undefined) return metric.knownRate;
  const requests = history.reduce((sum, tick) => sum + tick.requests, 0);
  const bad = history.reduce((sum, tick) => sum + tick.bad, 0);
  if (requests === 0) return UNKNOWN_RATE;
  return (bad + 0.5) / (requests + 1);
};

const LEAST_STRENGTH = 50;

/** @param requestsPerTick of both versions together: the history weighs as much as one tick */
export const freshRate = (history: number, requestsPerTick: number): PrimaryRate => ({
  history,
  strength: Math.max(requestsPerTick, LEAST_STRENGTH),
  requests: 0,
  bad: 0,
});

const LEAST_RATE = 1e-6;
const MOST_RATE = 0.95;

/** The rate to bet on at the next tick, 1e-6 to 0.95: known before the tick, so that the bet is fair. */
export const primaryRate = ({ history, strength, requests, bad }: PrimaryRate): number =>
  Math.min(MOST_RATE, Math.max(LEAST_RATE, (bad + strength * history) / (requests + strength)));

const DECAY = 0.8;

/** Takes in a tick. */
export const observeRate = (state: PrimaryRate, { requests, bad }: SideCounts): PrimaryRate => ({
  ...state,
  requests: DECAY * state.requests + requests,
  bad: DECAY * state.bad + bad,
});
