/** What the sequential judge carries from tick to tick: plain JSON, under 4 KB for six metrics. */
import type { SideCounts } from './counts.ts';
import {
  type DispersionState,
  freshDispersion,
  historyDispersion,
  UNKNOWN_DISPERSION,
} from './dispersion.ts';
import { freshHarm, type HarmState } from './harm.ts';
import { freshProof, type ProofState } from './non-inferiority.ts';
import { freshRate, historyRate, type PrimaryRate, UNKNOWN_RATE } from './primary-rate.ts';
import type { SequentialSettings } from './settings.ts';

export interface ComparedState {
  readonly harm: HarmState;
  /** One per level where the metric is scaled, else one for all. */
  readonly proof: readonly ProofState[];
  readonly rate: PrimaryRate;
  readonly dispersion: DispersionState;
}

export interface SequentialState {
  readonly schema: 1;
  /** Ticks taken in, with data or without. */
  readonly tick: number;
  /** Start of the newest period that was taken in, milliseconds since the epoch; absent before the first. */
  readonly period?: number;
  /** Requests of both versions together in a tick, as the history has them. */
  readonly requestsPerTick: number;
  readonly metrics: Readonly<Record<string, ComparedState>>;
  readonly limits: Readonly<Record<string, HarmState>>;
  /** E after the newest tick. */
  readonly evidence: number;
  /** Where the limits alone decide: how far each is proven to be kept, and E of the comparison, which only advises. */
  readonly kept?: Readonly<Record<string, KeptState>>;
  readonly comparison?: number;
}

/** The proof that the canary keeps a limit. */
export interface KeptState {
  readonly proof: ProofState;
  /** Canary requests a tick: a decaying sum of them, and of the ticks. */
  readonly requests: number;
  readonly ticks: number;
}

/** Per metric, the primary's counts before the rollout: one entry per tick, oldest first. */
export type History = Readonly<Record<string, readonly SideCounts[]>>;

/** What is known of the primary before the first tick. */
export interface Prior {
  /** Requests of both versions together in a tick. */
  readonly requestsPerTick: number;
  /** By metric: the rate of bad requests, and how much more than by chance their counts vary. */
  readonly metrics: Readonly<Record<string, { readonly rate: number; readonly dispersion: number }>>;
}

const isUsable = ({ requests, bad }: SideCounts): boolean =>
  Number.isFinite(requests) && Number.isFinite(bad) && bad >= 0 && bad <= requests;

const meanRequests = (history: History): number => {
  const longest = Object.values(history).reduce((a, b) => (b.length > a.length ? b : a), []);
  return longest.reduce((sum, { requests }) => sum + requests, 0) / Math.max(1, longest.length);
};

/**
 * Sums up a history.
 * @param history may lack metrics or be empty; entries that are no counts are left out
 * @param requestsPerTick of both versions together; the history's mean when absent
 */
export const priorOf = (settings: SequentialSettings, history: History, requestsPerTick?: number): Prior => {
  const clean: History = Object.fromEntries(
    Object.entries(history).map(([name, ticks]) => [name, ticks.filter(isUsable)]),
  );
  return {
    requestsPerTick: requestsPerTick ?? meanRequests(clean),
    metrics: Object.fromEntries(
      Object.entries(settings.metrics).map(([name, metric]) => {
        const ticks = clean[name] ?? [];
        return [name, { rate: historyRate(metric, ticks), dispersion: historyDispersion(metric, ticks) }];
      }),
    ),
  };
};

const compared = (name: string, settings: SequentialSettings, prior: Prior): ComparedState => {
  const metric = settings.metrics[name];
  const known = prior.metrics[name];
  return {
    harm: freshHarm(),
    proof: metric?.scaled ? settings.levels.map(freshProof) : [freshProof()],
    rate: freshRate(known?.rate ?? UNKNOWN_RATE, prior.requestsPerTick),
    dispersion: freshDispersion(known?.dispersion ?? UNKNOWN_DISPERSION),
  };
};

/** The state before the first tick, from what is known of the primary. */
export const beginFrom = (settings: SequentialSettings, prior: Prior): SequentialState => ({
  schema: 1,
  tick: 0,
  requestsPerTick: prior.requestsPerTick,
  metrics: Object.fromEntries(
    Object.keys(settings.metrics).map((name) => [name, compared(name, settings, prior)]),
  ),
  limits: Object.fromEntries(Object.keys(settings.limits).map((name) => [name, freshHarm()])),
  evidence: 1,
  ...(settings.decides === 'limits' && {
    kept: Object.fromEntries(
      Object.keys(settings.limits).map((name) => [name, { proof: freshProof(), requests: 0, ticks: 0 }]),
    ),
    comparison: 1,
  }),
});

/** The same, from a history. */
export const begin = (
  settings: SequentialSettings,
  history: History,
  requestsPerTick?: number,
): SequentialState => beginFrom(settings, priorOf(settings, history, requestsPerTick));
