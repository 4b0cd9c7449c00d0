import type { HookRecord } from '../hooks/hooks.ts';
import { eventName } from '../judge/check.ts';
import type { RolloutEvent } from '../rollout.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { AnalysisState, Answers, JudgeCanaryResult } from '../tasks.ts';
import type { Stage } from './ready.ts';
import type { NextStep } from './state.ts';

/** What stands between a judge's verdict and what is done: hooks, freezes and gates. The same input always gives the same result. */
export interface HoldInput {
  readonly spec: RolloutSpec;
  /** Where there is nothing to judge yet. */
  readonly stage?: Stage | undefined;
  /** Percent that the canary has now. */
  readonly weight: number;
  /** The state before the tick. */
  readonly before: AnalysisState;
  readonly answers: Answers;
  /** Why nothing may change now, in words that follow "it is"; absent when it may. */
  readonly frozen?: string | undefined;
  /** What the hooks of this tick answered. */
  readonly hooks: readonly HookRecord[];
  /** ISO 8601: the machine's clock. */
  readonly now: string;
  /** The id of a gate's question, should this tick put one. */
  readonly approval: string;
}

/** What a hold makes of a verdict; undefined where it has nothing to say. */
export type Hold = (verdict: JudgeCanaryResult, on: HoldInput) => JudgeCanaryResult | undefined;

/** Longer would not be read at night, and a result has at most 1 KB. */
const MOST_CHARACTERS = 400;

export const clipped = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;

/** The step that a verdict wants to take; with no weight before the first write, and with 0 % where blue/green's tests begin. */
export const stepOf = (
  { decision, weight }: JudgeCanaryResult,
  { stage }: Pick<HoldInput, 'stage'>,
): NextStep | undefined => {
  if (decision === 'promote') return 'promotion';
  if (decision !== 'advance') return undefined;
  return stage === 'rollout' ? 'rollout' : weight;
};

/** Whether a person told this very rollout to be promoted: what else would hold it has been weighed. */
export const byPerson = ({ answers, before }: Pick<HoldInput, 'answers' | 'before'>): boolean =>
  answers.promotedBy !== undefined || (before.asked !== undefined && answers.approval === 'approved');

/** The verdict, but the weight stays. */
export const stay = (
  verdict: JudgeCanaryResult,
  { weight }: HoldInput,
  why: string,
  change: Partial<Pick<JudgeCanaryResult, 'decision' | 'reason' | 'analysis'>> = {},
  events: readonly RolloutEvent[] = [],
): JudgeCanaryResult => ({
  ...verdict,
  decision: 'hold',
  reason: '',
  weight,
  say: clipped(`${verdict.say.replace(/\.$/, '')}, but ${why}.`),
  events: [...verdict.events, ...events],
  ...change,
});

/** All traffic back, and why. */
export const rollBack = (
  verdict: JudgeCanaryResult,
  { spec, weight }: HoldInput,
  decision: 'rollBack' | 'reject',
  reason: string,
  inEvent: string,
  before: readonly string[] = [],
): JudgeCanaryResult => ({
  ...verdict,
  decision,
  reason,
  weight,
  say: clipped(`${weight} %: rolling back: ${reason}.`),
  events: [...before, `Rolling back ${eventName(spec)} ${inEvent}`].map((text) => ({
    phase: 'Failed',
    text,
  })),
});
