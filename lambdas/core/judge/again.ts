import type { XRaySummary } from '../evidence.ts';
import { decide, decideBefore, type TickInput } from '../holds/decide.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { AdvisoryState, JudgeCanaryResult, VerdictRecord } from '../tasks.ts';
import type { Past } from './sequential/past.ts';

/** What it said; its state stands in the next record's `before`. */
const withoutState = ({ state: _state, ...said }: AdvisoryState): AdvisoryState => said;

/** The record of a verdict: with the spec, all that judging it again needs (I6). */
export const verdictRecord = (
  input: TickInput,
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
  ...(input.frozen !== undefined && { frozen: input.frozen }),
  ...(input.hooks !== undefined && input.hooks.length > 0 && { hooks: input.hooks }),
  ...(result.analysis.advisory && { advisory: withoutState(result.analysis.advisory) }),
  ...(xRay && { xRay }),
});

/** Judges a recorded verdict again: the same decision, reason and sentence as then, as long as spec and judge are the same. */
export const judgeAgain = (record: VerdictRecord, spec: RolloutSpec, past?: Past): JudgeCanaryResult =>
  (record.stage === undefined ? decide : decideBefore(record.stage))({
    spec,
    weight: record.weight,
    analysis: record.before,
    periods: record.periods,
    shiftedAt: record.shiftedAt,
    now: record.now,
    answers: record.answers ?? {},
    approval: 'asked-before',
    unread: record.unread,
    past,
    frozen: record.frozen,
    hooks: record.hooks ?? [],
  });
