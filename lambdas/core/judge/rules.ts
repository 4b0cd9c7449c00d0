import { analysedSeconds } from '../holds/state.ts';
import { ASKING_SECONDS, nextWeight } from '../plan.ts';
import { formatDuration } from '../spec/duration.ts';
import { thresholdOf } from '../spec/limits.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { iterationsOf } from '../spec/strategy.ts';
import type { AnalysisState, Answers, Decision } from '../tasks.ts';
import { plural } from '../words.ts';
import { finding } from './check.ts';
import { iterationInWords, iterationOf, nextIteration } from './iterations.ts';
import type { Taken } from './take-in.ts';

/** What a rule says. */
export interface Ruling {
  readonly decision: Decision;
  /** Why, beginning with the metric's name where a metric decided; empty while nothing is decided. */
  readonly reason: string;
  /** The weight to go to; the present one when absent. */
  readonly weight?: number;
  /** The event's words where Flagger has its own. */
  readonly inEvent?: string;
  /** The iteration that begins, where the strategy counts them. */
  readonly iteration?: number;
  /** What comes next, for `say`, where the decision's name does not tell. */
  readonly next?: string;
  /** Evidence decided, not a person or a deadline. */
  readonly conclusive?: true;
}

/** Begins every reason for which the evidence decided nothing. */
const INCONCLUSIVE = 'inconclusive:';

/** Whether an analysis is inconclusive after a ruling: its deadline passed undecided, and no evidence decided since. */
export const isInconclusive = (before: Pick<AnalysisState, 'inconclusive'>, ruling: Ruling): boolean =>
  ruling.conclusive !== true && (before.inconclusive === true || ruling.reason.startsWith(INCONCLUSIVE));

/** A state after a ruling, with what it says of the analysis as a whole. */
export const concluded = (
  { inconclusive: _before, ...state }: AnalysisState,
  before: Pick<AnalysisState, 'inconclusive'>,
  ruling: Ruling,
): AnalysisState => ({ ...state, ...(isInconclusive(before, ruling) && { inconclusive: true as const }) });

/** What the first rule that says something decides; without one the weight stays. */
export const firstRuling = <On>(rules: readonly ((on: On) => Ruling | undefined)[], on: On): Ruling => {
  for (const says of rules) {
    const ruling = says(on);
    if (ruling !== undefined) return ruling;
  }
  return { decision: 'hold', reason: '' };
};

/** What the rules decide on. */
export interface RuleInput {
  readonly spec: RolloutSpec;
  readonly weight: number;
  readonly now: string;
  readonly answers: Answers;
  readonly before: AnalysisState;
  readonly taken: Taken;
}

type Rule = (on: RuleInput) => Ruling | undefined;

/** The metric that failed most checks, the latest among equals, with the sums over them. */
const deciding = (spec: RolloutSpec, state: AnalysisState): string => {
  const worst = [...(state.failing ?? [])].reverse().sort((a, b) => b.checks - a.checks)[0];
  const failed = plural(state.failedChecks, 'check');
  return worst === undefined
    ? `${failed} failed`
    : `${finding(spec.analysis.metrics[worst.metric], worst)}, ${failed} failed`;
};

const evidenceSoFar = ({ spec, weight, taken: { state } }: RuleInput): string => {
  const failed = state.failedChecks > 0 ? `; ${deciding(spec, state)}` : '';
  const where =
    iterationsOf(spec) === undefined ? `at ${weight} %` : `in ${iterationInWords(spec, iterationOf(state))}`;
  return `${where} with ${plural(state.passedChecks, 'proving check')}${failed}`;
};

const elapsed = (since: string, now: string): number => (Date.parse(now) - Date.parse(since)) / 1000;

export const aborted: Rule = ({ answers }) =>
  answers.abortedBy === undefined
    ? undefined
    : { decision: 'rollBack', reason: `aborted by ${answers.abortedBy}` };

/** Only an answer to a question that was put counts. */
export const rejected: Rule = ({ answers, before }) =>
  before.asked !== undefined && answers.approval === 'rejected'
    ? { decision: 'reject', reason: `rejected by ${answers.by ?? 'a person'}` }
    : undefined;

export const thresholdReached: Rule = ({ spec, before }) =>
  before.failedChecks >= thresholdOf(spec)
    ? {
        decision: 'rollBack',
        reason: deciding(spec, before),
        inEvent: `failed checks threshold reached ${spec.analysis.threshold}`,
        conclusive: true,
      }
    : undefined;

export const superseded: Rule = ({ answers }) =>
  answers.supersededBy === undefined
    ? undefined
    : { decision: 'supersede', reason: `superseded by ${answers.supersededBy}` };

export const promotedByPerson: Rule = ({ answers, before }) => {
  const approved = before.asked !== undefined && answers.approval === 'approved';
  if (!approved && answers.promotedBy === undefined) return undefined;
  const reason = approved ? `approved by ${answers.by ?? 'a person'}` : `promoted by ${answers.promotedBy}`;
  return { decision: 'promote', weight: 100, reason };
};

/** The newest check must prove, so that a failing one stands in the way. Once a person was asked, a person decides. */
const proven: Rule = ({ spec, weight, answers, before, taken, now }) => {
  if (before.asked !== undefined || answers.pausedBy !== undefined) return undefined;
  if (taken.state.failedChecks >= thresholdOf(spec)) return undefined;
  if (taken.checks.at(-1)?.proves !== true) return undefined;
  const iteration = nextIteration(spec, before);
  const next = nextWeight(spec, weight);
  if (iteration === undefined && next === undefined)
    return { decision: 'promote', weight: 100, reason: '', next: 'proven, promoting', conclusive: true };
  if (analysedSeconds(taken.state, now) >= spec.analysis.deadline) return undefined;
  if (iteration !== undefined)
    return { decision: 'hold', reason: '', iteration, next: `next ${iterationInWords(spec, iteration)}` };
  return { decision: 'advance', weight: next ?? weight, reason: '', next: `next ${next} %` };
};

export const unanswered: Rule = ({ before, now }) => {
  if (before.asked === undefined) return undefined;
  // What gates took of the day, they took: an execution has room for one.
  const patience = ASKING_SECONDS - (before.holds?.gateSeconds ?? 0);
  if (elapsed(before.asked.at, now) < patience)
    return { decision: 'hold', reason: '', next: `waiting for a person since ${before.asked.at}` };
  return {
    decision: 'rollBack',
    reason: `inconclusive: nobody answered within ${formatDuration(patience)}`,
  };
};

const deadlinePassed: Rule = (on) => {
  const { spec, before, taken, now } = on;
  const { deadline, onInconclusive } = spec.analysis;
  if (analysedSeconds(before, now) < deadline) return undefined;
  // A rollback that the next tick brings anyway needs no person.
  if (taken.state.failedChecks >= thresholdOf(spec)) return undefined;
  const late = `inconclusive: the deadline of ${formatDuration(deadline)} passed ${evidenceSoFar(on)}`;
  if (onInconclusive === 'ask') return { decision: 'ask', reason: late };
  const proof = taken.state.passedChecks > 0 && taken.state.lastCheck === 'passed';
  if (onInconclusive === 'promote' && proof) return { decision: 'promote', weight: 100, reason: late };
  const inEvent = `inconclusive at the deadline of ${formatDuration(deadline)}`;
  return { decision: 'rollBack', reason: late, inEvent };
};

const hold: Rule = ({ spec, answers, taken: { state } }) => {
  if (state.failedChecks >= thresholdOf(spec))
    return { decision: 'hold', reason: '', next: 'rolling back at the next tick' };
  return answers.pausedBy === undefined
    ? { decision: 'hold', reason: '' }
    : { decision: 'hold', reason: '', next: `paused by ${answers.pausedBy}` };
};

/** In this order; the first that says something decides. Undoing comes before going on. */
const RULES: readonly Rule[] = [
  aborted,
  rejected,
  thresholdReached,
  superseded,
  promotedByPerson,
  proven,
  unanswered,
  deadlinePassed,
  hold,
];

/** Decides a tick. */
export const rule = (on: RuleInput): Ruling => firstRuling(RULES, on);
