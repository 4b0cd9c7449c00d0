/** What the sequential judge carries from tick to tick: plain JSON, under 4 KB for six metrics. */
import type { SideCounts } from './counts.ts';
import { type DispersionState, freshDispersion, historyDispersion } from './dispersion.ts';
import { freshHarm, type HarmState } from './harm.ts';
import { freshProof, type ProofState } from './non-inferiority.ts';
import { freshRate, historyRate, type PrimaryRate } from './primary-rate.ts';
import type { ComparedMetric, SequentialSettings } from './settings.ts';

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
}

/** Per metric, the primary's counts before the rollout: one entry per tick, oldest first. */
export type History = Readonly<Record<string, readonly SideCounts[]>>;

const compared = (
  metric: ComparedMetric,
  history: readonly SideCounts[],
  settings: SequentialSettings,
  requestsPerTick: number,
): ComparedState => ({
  harm: freshHarm(),
  proof: metric.scaled ? settings.levels.map(freshProof) : [freshProof()],
  rate: freshRate(historyRate(metric, history), requestsPerTick),
  dispersion: freshDispersion(historyDispersion(metric, history)),
});

const isUsable = ({ requests, bad }: SideCounts): boolean =>
  Number.isFinite(requests) && Number.isFinite(bad) && bad >= 0 && bad <= requests;

const meanRequests = (history: History): number => {
  const longest = Object.values(history).reduce((a, b) => (b.length > a.length ? b : a), []);
  return longest.reduce((sum, { requests }) => sum + requests, 0) / Math.max(1, longest.length);
};

/**
 * The state before the first tick.
 * @param history may lack metrics or be empty; entries that are no counts are left out
 * @param requestsPerTick of both versions together; the history's mean when absent
 */
export const begin = (
  settings: SequentialSettings,
  history: History,
  requestsPerTick?: number,
): SequentialState => {
  const clean: History = Object.fromEntries(
    Object.entries(history).map(([name, ticks]) => [name, ticks.filter(isUsable)]),
  );
  const perTick = requestsPerTick ?? meanRequests(clean);
  return {
    schema: 1,
    tick: 0,
    requestsPerTick: perTick,
    metrics: Object.fromEntries(
      Object.entries(settings.metrics).map(([name, metric]) => [
        name,
        compared(metric, clean[name] ?? [], settings, perTick),
      ]),
    ),
    limits: Object.fromEntries(Object.keys(settings.limits).map((name) => [name, freshHarm()])),
    evidence: 1,
  };
};
