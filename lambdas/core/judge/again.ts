import type { XRaySummary } from '../evidence.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { JudgeCanaryResult, VerdictRecord } from '../tasks.ts';
import { type JudgeInput, judge } from './judge.ts';

/** The record of a verdict: with the spec, all that judging it again needs (I6). */
export const verdictRecord = (
  input: JudgeInput,
  result: JudgeCanaryResult,
  xRay?: XRaySummary,
): VerdictRecord => ({
  now: input.now,
  tick: result.analysis.ticks,
  weight: input.weight,
  decision: result.decision,
  reason: result.reason,
  say: result.say,
  periods: input.periods,
  shiftedAt: input.shiftedAt,
  answers: input.answers,
  ...(input.analysis && { before: input.analysis }),
  ...(input.unread !== undefined && { unread: input.unread }),
  ...(xRay && { xRay }),
});

/** Judges a recorded verdict again: the same decision, reason and sentence as then, as long as spec and judge are the same. */
export const judgeAgain = (record: VerdictRecord, spec: RolloutSpec): JudgeCanaryResult =>
  judge({
    spec,
    weight: record.weight,
    analysis: record.before,
    periods: record.periods,
    shiftedAt: record.shiftedAt,
    now: record.now,
    answers: record.answers ?? {},
    approval: 'asked-before',
    unread: record.unread,
  });
