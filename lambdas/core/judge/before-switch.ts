/**
 * Blue/green before the switch. The route sends the canary nothing, so its metrics tell nothing (only routed traffic is
 * evidence): hooks and people decide, and each look at which nothing was refused is an iteration.
 */
import { analysedSeconds } from '../holds/state.ts';
import { nextWeight } from '../plan.ts';
import type { RolloutEvent } from '../rollout.ts';
import { formatDuration } from '../spec/duration.ts';
import type { AnalysisState, JudgeCanaryResult } from '../tasks.ts';
import { iso, periodStart } from './cadence.ts';
import { eventName } from './check.ts';
import { iterationEvents, iterationInWords, iterationOf, nextIteration } from './iterations.ts';
import type { JudgeInput } from './judge-input.ts';
import {
  aborted,
  concluded,
  firstRuling,
  promotedByPerson,
  type RuleInput,
  type Ruling,
  rejected,
  superseded,
  thresholdReached,
  unanswered,
} from './rules.ts';
import { freshState } from './take-in.ts';

type Rule = (on: RuleInput) => Ruling | undefined;

/** What was never asked anything of by its users is not promoted at a deadline. */
const late: Rule = ({ spec, before, now }) => {
  const { deadline, onInconclusive } = spec.analysis;
  if (before.asked !== undefined || analysedSeconds(before, now) < deadline) return undefined;
  const where = iterationInWords(spec, iterationOf(before));
  const reason = `inconclusive: the deadline of ${formatDuration(deadline)} passed in ${where}, before the switch`;
  if (onInconclusive === 'ask') return { decision: 'ask', reason };
  const inEvent = `inconclusive at the deadline of ${formatDuration(deadline)}`;
  return { decision: 'rollBack', reason, inEvent };
};

const paused: Rule = ({ answers: { pausedBy } }) =>
  pausedBy === undefined ? undefined : { decision: 'hold', reason: '', next: `paused by ${pausedBy}` };

const passed: Rule = ({ spec, weight, before }) => {
  const iteration = nextIteration(spec, before);
  if (iteration !== undefined)
    return { decision: 'hold', reason: '', iteration, next: `next ${iterationInWords(spec, iteration)}` };
  return {
    decision: 'advance',
    weight: nextWeight(spec, weight) ?? weight,
    reason: '',
    next: 'all traffic follows',
  };
};

/** In this order; the first that says something decides. Undoing comes before going on. */
const RULES: readonly Rule[] = [
  aborted,
  rejected,
  thresholdReached,
  superseded,
  promotedByPerson,
  unanswered,
  late,
  paused,
  passed,
];

const endOf = ({ spec }: JudgeInput, { decision, reason, inEvent }: Ruling): RolloutEvent[] => {
  const name = eventName(spec);
  if (decision === 'rollBack' || decision === 'reject')
    return [{ phase: 'Failed', text: `Rolling back ${name} ${inEvent ?? reason}` }];
  if (decision === 'supersede')
    return [{ phase: 'Progressing', text: `New revision detected! Restarting analysis for ${name}` }];
  if (decision !== 'ask') return [];
  const text = `Halt ${name} advancement waiting for promotion approval deadline`;
  return [{ phase: 'WaitingPromotion', text }];
};

const sentence = (input: JudgeInput, before: AnalysisState, { decision, reason, next }: Ruling): string => {
  const where = `${iterationInWords(input.spec, iterationOf(before))} without traffic`;
  if (decision === 'rollBack' || decision === 'reject') return `Roll back in ${where}: ${reason}.`;
  if (decision === 'supersede') return `Making room in ${where}: ${reason}.`;
  if (decision === 'ask') return `Asking a person in ${where}: ${reason}.`;
  if (decision === 'promote') return `Promote in ${where}: ${reason}.`;
  return `0 %: ${where}${next === undefined ? '' : `; ${next}`}.`;
};

/** One look before the switch. Ticks come an interval apart, so each is an iteration. */
export const judgeBeforeSwitch = (input: JudgeInput): JudgeCanaryResult => {
  const { spec, weight, now, shiftedAt, answers } = input;
  const before = input.analysis ?? freshState(spec, shiftedAt);
  const state: AnalysisState = {
    ...before,
    ticks: before.ticks + 1,
    shiftedAt,
    // What a load test asks of the canary until the switch is no evidence after it.
    takenUntil: iso(periodStart(spec, Date.parse(now))),
  };
  const nothing = { requests: 0, failures: 0 };
  const taken = { state, checks: [], canary: nothing, primary: nothing };
  const ruling = firstRuling(RULES, { spec, weight, now, answers, before, taken });
  const analysis: AnalysisState = {
    ...concluded(state, before, ruling),
    ...(ruling.iteration !== undefined && { iteration: ruling.iteration }),
    ...(ruling.decision === 'ask' && { asked: { approval: input.approval, at: now } }),
  };
  return {
    decision: ruling.decision,
    reason: ruling.reason,
    weight: ruling.weight ?? weight,
    waitSeconds: spec.analysis.interval,
    analysis,
    say: sentence(input, before, ruling),
    events: [...iterationEvents(spec, before, ruling.iteration), ...endOf(input, ruling)],
  };
};
