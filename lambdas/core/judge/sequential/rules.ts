/** What a tick of the sequential judge decides. The first rule that says something decides; undoing comes before going on. */
import { analysedSeconds } from '../../holds/state.ts';
import { nextWeight, steps } from '../../plan.ts';
import { formatDuration } from '../../spec/duration.ts';
import type { AnalysisState } from '../../tasks.ts';
import { percentOf, plural } from '../../words.ts';
import { iterationInWords } from '../iterations.ts';
import { type NumberGate, numberFinding } from '../numbers.ts';
import {
  aborted,
  firstRuling,
  promotedByPerson,
  type Ruling,
  rejected,
  superseded,
  thresholdReached,
  unanswered,
} from '../rules.ts';
import { silenceInWords } from '../share.ts';
import { nextStep } from './advance.ts';
import type { Case, SequentialRule } from './case.ts';
import { iterationLeft } from './iteration.ts';
import { type Remaining, remaining } from './remaining.ts';
import { chance, comparison, missing, partName } from './sentence.ts';
import { worstPart } from './suspicion.ts';
import { isSilent } from './take-ticks.ts';

/** The rules for people's answers, and for periods without data, are those of the threshold judge. */
const shared =
  (rule: typeof aborted): SequentialRule =>
  ({ input, before, state, canary, primary }) =>
    rule({ ...input, before, taken: { state, checks: [], canary, primary } });

const byEvidence: SequentialRule = ({ told }) =>
  told.found.rollBack
    ? {
        decision: 'rollBack',
        reason: `${partName(worstPart(told.found.parts) ?? '')}: ${comparison(told)}; ${chance(told.found.evidence)}`,
        conclusive: true,
      }
    : undefined;

/** A number holds, and rolls back only where the spec says after how many periods. */
const byNumber: SequentialRule = ({ number }) => {
  if (number === undefined) return undefined;
  const { metric, state } = number;
  if (metric.rollBackAfter === undefined || state.outside < metric.rollBackAfter) return undefined;
  const reason = `${numberFinding(metric, state.value)} at the end of ${plural(state.outside, 'period')} in a row`;
  return { decision: 'rollBack', reason, conclusive: true };
};

const late = ({ input: { now, spec } }: Case, state: AnalysisState): boolean =>
  analysedSeconds(state, now) >= spec.analysis.deadline;

/** Proof promotes also while a person is asked: it settles the question. The weight rises no more then. */
const byProof: SequentialRule = (on) => {
  const { input, ticks, told, before, state, gate, number } = on;
  if (input.answers.pausedBy !== undefined || !ticks.proves) return undefined;
  if (gate !== undefined || number !== undefined) return undefined;
  const next = nextStep(input.settings, told.found, {
    mode: input.mode,
    weight: input.weight,
    steps: steps(input.spec),
    ticks: ticks.state.tick,
    ticksAtWeight: ticks.atWeight.ticks,
  });
  if (next === undefined) return undefined;
  if (next === 'promote' && iterationLeft(on) !== undefined) return undefined;
  if (next === 'promote')
    return {
      decision: 'promote',
      weight: 100,
      reason: '',
      next:
        input.settings.decides === 'limits'
          ? 'every limit is proven kept'
          : 'every metric is proven not worse',
      conclusive: true,
    };
  if (before.asked !== undefined || late(on, state)) return undefined;
  return { decision: 'advance', weight: next, reason: '', next: `next ${next} %` };
};

/** What a plain number says, and what would change it. */
const gatedBy = ({ metric, state, because }: NumberGate): string => {
  const { name, rollBackAfter } = metric;
  const why = because === undefined ? '' : ` (${because})`;
  if (state.value === undefined)
    return `no data of ${name}${why}, so this proves nothing; goes on when there is some`;
  const after =
    rollBackAfter === undefined
      ? 'this only holds'
      : `rolls back after ${plural(rollBackAfter, 'period')} in a row, this is ${state.outside}`;
  return `${numberFinding(metric, state.value)}; ${after}`;
};

/** What stands in the way, other than proof that is not there yet. */
const blockedBy = (on: Case): string | undefined => {
  const { input, ticks, told, state, gate, number } = on;
  const { settings, found } = told;
  if (input.answers.pausedBy !== undefined) return `paused by ${input.answers.pausedBy}`;
  if (isSilent(input.periods, state.takenUntil, input.weight))
    return `the canary gets no traffic, though the primary does: ${silenceInWords(input.spec)}`;
  if (ticks.unrouted !== undefined) {
    const share = percentOf(ticks.unrouted, 1);
    return `unrouted traffic reaches the canary (${share} of all requests at a weight of ${input.weight} %), so this proves nothing`;
  }
  if (found.hold)
    return (
      `${comparison(told)}; evidence ${found.evidence.toFixed(1)} of ${Math.round(1 / settings.alpha)}: ` +
      `rolls back there, goes on below ${settings.hold}`
    );
  if (ticks.shared === 'both')
    return 'a shared incident: the primary is beyond a limit too, which speaks against neither; goes on when the primary is within it';
  if (ticks.shared === 'primary')
    return 'the primary itself is beyond a limit, so nothing is compared with it; goes on when it is within it';
  if (gate !== undefined)
    return `request-duration: P${gate.percentile} is ${Math.round(gate.canary)} ms${gate.primary === undefined ? '' : `, primary's ${Math.round(gate.primary)} ms`} (at most ${gate.limit} ms wanted); without counts this only holds`;
  if (number !== undefined) return gatedBy(number);
  return undefined;
};

const proofLeft = ({ input, ticks }: Case): Remaining | undefined =>
  remaining(input.settings, ticks.state, input.weight / 100);

/** Why the weight stays, and what would change it. */
export const heldBecause = (on: Case): string => {
  const blocked = blockedBy(on);
  if (blocked !== undefined) return blocked;
  const iteration = iterationLeft(on);
  if (on.told.found.promotable && on.ticks.proves && iteration !== undefined)
    return `every limit is proven kept; next ${iterationInWords(on.input.spec, iteration)}`;
  const left = proofLeft(on);
  const waits = left?.ticks === 0 || nextWeight(on.input.spec, on.input.weight) !== undefined;
  if (waits && !on.ticks.proves && on.empty === undefined) return 'waiting for a whole period at this weight';
  return missing(left, on.told.period);
};

/** Whether a release that is not proven may be promoted at the deadline: it was compared, and nothing speaks against it. */
const isClean = ({ ticks, told, gate, number }: Case): boolean =>
  ticks.atWeight.ticks > 0 &&
  !told.found.hold &&
  ticks.shared === undefined &&
  ticks.unrouted === undefined &&
  gate === undefined &&
  number === undefined;

const byDeadline: SequentialRule = (on) => {
  const { input, before, ticks } = on;
  if (!late(on, before)) return undefined;
  const { deadline, onInconclusive } = input.spec.analysis;
  const why = blockedBy(on) ?? missing(proofLeft(on), on.told.period);
  const reason = `inconclusive: the deadline of ${formatDuration(deadline)} passed at ${input.weight} %; ${why}`;
  if (onInconclusive === 'ask') return { decision: 'ask', reason };
  if (onInconclusive === 'promote' && isClean(on)) {
    const periods = ticks.atWeight.ticks === 1 ? 'period' : 'periods';
    const so = `nothing speaks against it in ${ticks.atWeight.ticks} whole ${periods} at this weight`;
    return { decision: 'promote', weight: 100, reason: `${reason}; ${so}` };
  }
  return {
    decision: 'rollBack',
    reason,
    inEvent: `inconclusive at the deadline of ${formatDuration(deadline)}`,
  };
};

/** Judging goes on while somebody thinks: what would settle the question is said at each tick. */
const whileAsked: SequentialRule = (on) => {
  const ruling = shared(unanswered)(on);
  return ruling?.decision === 'hold'
    ? { ...ruling, next: `a person is asked; ${blockedBy(on) ?? missing(proofLeft(on), on.told.period)}` }
    : ruling;
};

const hold: SequentialRule = (on) => ({ decision: 'hold', reason: '', next: heldBecause(on) });

const RULES: readonly SequentialRule[] = [
  shared(aborted),
  shared(rejected),
  byEvidence,
  byNumber,
  shared(thresholdReached),
  shared(superseded),
  shared(promotedByPerson),
  byProof,
  whileAsked,
  byDeadline,
  hold,
];

/** Decides a tick. */
export const ruleSequential = (on: Case): Ruling => firstRuling(RULES, on);
