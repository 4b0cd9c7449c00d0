/** What the judge carries from tick to tick, what it hears, and what it leaves in the record. */
import type { Period, XRaySummary } from './evidence.ts';
import type { Stage } from './holds/ready.ts';
import type { HoldsState } from './holds/state.ts';
import type { HookRecord } from './hooks/hooks.ts';
import type { Carried } from './judge/sequential/take-ticks.ts';
import type { JudgeName } from './spec/analysis.ts';

/** What a tick decides. */
export type Decision = 'advance' | 'hold' | 'ask' | 'promote' | 'rollBack' | 'reject' | 'supersede';

/** What the judge carries from tick to tick: plain JSON under 4 KB, with its schema's number. */
export interface AnalysisState {
  readonly schema: 1;
  readonly ticks: number;
  /** When the canary first got traffic, and since when it has had the present weight (ISO 8601). */
  readonly startedAt: string;
  readonly shiftedAt: string;
  /** Failed checks so far, never reset (Flagger's count). */
  readonly failedChecks: number;
  /** End of the newest period that was taken in (ISO 8601): older ones are never taken again. */
  readonly takenUntil: string;
  /** Totals over all periods taken in, for the report. */
  readonly canary: { readonly requests: number; readonly failures: number };
  readonly primary: { readonly requests: number; readonly failures: number };
  /** Checks that passed and proved something: routed canary requests, a whole period at one weight. */
  readonly passedChecks: number;
  /** Of a strategy that counts iterations: the one under way, where it is not the first. */
  readonly iteration?: number;
  /** How the newest check ended: a failing one stands open until one passes. */
  readonly lastCheck?: 'passed' | 'failed';
  /** Per metric that failed checks, by its place in the spec's list: the sums over its failed checks. */
  readonly failing?: readonly FailingMetric[];
  /** End of the newest due period without canary data that was told of (ISO 8601): none is told of or counted twice. */
  readonly emptyUntil?: string;
  /** Plain numbers by name, as the sequential judge last saw them. */
  readonly numbers?: Readonly<Record<string, NumberState>>;
  /** What gates, hooks and freezes have held so far. */
  readonly holds?: HoldsState;
  /** The open question to a person, if any. */
  readonly asked?: { readonly approval: string; readonly at: string };
  /** The deadline passed undecided: whatever happens then, the analysis ended inconclusive. */
  readonly inconclusive?: true;
  /** The sequential judge's own state. */
  readonly sequential?: Carried;
  /** The judge beside the acting one. */
  readonly advisory?: AdvisoryState;
}

/** What the advisory judge carries; after its end only what it said. */
export interface AdvisoryState {
  readonly judge: JudgeName;
  readonly state?: AnalysisState;
  /** What it would do at the newest tick. */
  readonly says?: { readonly decision: Decision; readonly weight: number };
  /** Where it would have promoted or rolled back: when (ISO 8601), at which weight, and why. */
  readonly decided?: {
    readonly decision: Decision;
    readonly reason: string;
    readonly say: string;
    readonly at: string;
    readonly weight: number;
  };
}

/** A plain number as it was in the newest period, absent where that had none, and for how many in a row it was outside. */
export interface NumberState {
  readonly value?: number;
  readonly outside: number;
}

/** What one metric's failed checks add up to. */
export interface FailingMetric {
  /** Place in `analysis.metrics`, from 0. */
  readonly metric: number;
  readonly checks: number;
  /** Requests that were looked at, and of those the failed or slow ones. Both 0 where there were percentiles only. */
  readonly requests: number;
  readonly bad: number;
  /** The highest percentile in milliseconds, where there were percentiles only. */
  readonly highest?: number;
  /** Of a plain number: what it was at the last of them. */
  readonly value?: number;
}

/** What people and newer releases have told a rollout by a tick: part of what decides, so it is recorded. */
export interface Answers {
  /** The answer to the open question, and who gave it. */
  readonly approval?: 'approved' | 'rejected';
  readonly by?: string;
  /** Who wants the rollout undone, promoted now, or to stay where it is. */
  readonly abortedBy?: string;
  readonly promotedBy?: string;
  readonly pausedBy?: string;
  /** The tag of a newer release that takes this one's place. */
  readonly supersededBy?: string;
}

/** One tick's evidence, as it stands in the record. */
export interface VerdictRecord {
  /** ISO 8601: the rollout's clock at the tick. */
  readonly now: string;
  readonly tick: number;
  readonly weight: number;
  readonly decision: Decision;
  readonly reason: string;
  readonly say: string;
  readonly periods: readonly Period[];
  /** Why the metrics could not be read, where they could not. */
  readonly unread?: string;
  readonly xRay?: XRaySummary;
  /** Why the decision was so, and the state before it: with the spec, all that judging again needs. */
  readonly before?: AnalysisState;
  readonly shiftedAt: string;
  readonly answers?: Answers;
  /** What the judge beside the acting one said. */
  readonly advisory?: AdvisoryState;
  /** What kept the weight from rising (a freeze), and what the hooks of this tick answered. */
  readonly frozen?: string;
  readonly hooks?: readonly HookRecord[];
  /** Where there was nothing to judge yet: before the first write, or before the first traffic. */
  readonly stage?: Stage;
}
