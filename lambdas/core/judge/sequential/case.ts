/** A tick of the sequential judge, with all that its rules and sentences are made from. */
import type { AnalysisState } from '../../tasks.ts';
import type { JudgeInput } from '../judge-input.ts';
import type { NumberGate } from '../numbers.ts';
import type { Ruling } from '../rules.ts';
import type { AdvanceMode } from './advance.ts';
import type { LatencyLimits } from './from-period.ts';
import type { PercentileGate } from './percentile-gate.ts';
import type { Told } from './sentence.ts';
import type { SequentialSettings } from './settings.ts';
import type { History } from './state.ts';
import type { Ticks } from './take-ticks.ts';

/** What the sequential judge decides on. */
export interface SequentialInput extends JudgeInput {
  readonly settings: SequentialSettings;
  readonly mode: AdvanceMode;
  readonly latency: LatencyLimits;
  /** The primary before the rollout, where `past` does not sum it up; read at the first tick only. */
  readonly history: History;
  /** Requests of both versions in a tick; the history's mean when absent. */
  readonly requestsPerTick?: number;
}

export interface Sums {
  readonly requests: number;
  readonly failures: number;
}

export interface Case {
  readonly input: SequentialInput;
  readonly ticks: Ticks;
  readonly told: Told;
  /** The state before the tick, and after it. */
  readonly before: AnalysisState;
  readonly state: AnalysisState;
  /** Sums of the periods taken in by this tick. */
  readonly canary: Sums;
  readonly primary: Sums;
  /** Why a period that is due has no canary data, told once: Flagger's text. */
  readonly empty?: string;
  /** Requests of the primary in that period: some mean that the metrics are there and the canary is not reached. */
  readonly primaryAlone?: number;
  /** A percentile of the canary beyond its limit, where the source has no counts. */
  readonly gate?: PercentileGate;
  /** A plain number that is outside of what is wanted, or not known. */
  readonly number?: NumberGate;
}

export type SequentialRule = (on: Case) => Ruling | undefined;
