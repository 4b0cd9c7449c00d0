/** The `sequential` judge: the canary against the primary over the same ticks, valid however often one looks. */
import { steps } from '../../plan.ts';
import type { RolloutEvent } from '../../rollout.ts';
import { formatDuration } from '../../spec/duration.ts';
import { sourceTiming } from '../../spec/source.ts';
import type { AnalysisState, JudgeCanaryResult } from '../../tasks.ts';
import { percentOf } from '../../words.ts';
import { waitForNext } from '../cadence.ts';
import { eventName } from '../check.ts';
import type { JudgeInput } from '../judge.ts';
import { aborted, promotedByPerson, type Ruling, rejected, superseded, unanswered } from '../rules.ts';
import { freshState, newPeriods, sum, total } from '../take-in.ts';
import { type AdvanceMode, nextStep } from './advance.ts';
import { type LatencyLimits, withoutNonsense } from './from-period.ts';
import { remaining } from './remaining.ts';
import { forStorage } from './round.ts';
import { chance, comparison, missing, partName, type Told } from './sentence.ts';
import type { SequentialSettings } from './settings.ts';
import { begin, type History } from './state.ts';
import { finding } from './step.ts';
import { NO_SUSPICION, worstPart } from './suspicion.ts';
import { type Carried, isSilent, type Ticks, takeTicks } from './take-ticks.ts';

/** The threshold judge's state with the sequential one's beside it. */
export interface SequentialAnalysis extends AnalysisState {
  readonly sequential: Carried;
}

export interface SequentialInput extends Omit<JudgeInput, 'analysis'> {
  readonly analysis?: (AnalysisState & { readonly sequential?: Carried }) | null | undefined;
  readonly settings: SequentialSettings;
  readonly mode: AdvanceMode;
  readonly latency: LatencyLimits;
  /** The primary before the rollout; read at the first tick only. */
  readonly history: History;
  /** Requests of both versions in a tick; the history's mean when absent. */
  readonly requestsPerTick?: number;
}

export interface SequentialResult extends JudgeCanaryResult {
  readonly analysis: SequentialAnalysis;
}

interface Case {
  readonly input: SequentialInput;
  readonly ticks: Ticks;
  readonly told: Told;
  readonly before: AnalysisState;
  readonly state: AnalysisState;
}

const byEvidence = ({ told }: Case): Ruling | undefined =>
  told.found.rollBack
    ? {
        decision: 'rollBack',
        reason: `${partName(worstPart(told.found.parts) ?? '')}: ${comparison(told)}; ${chance(told.found.evidence)}`,
      }
    : undefined;

const byProof = ({ input, ticks, told, before, state }: Case): Ruling | undefined => {
  if (before.asked !== undefined || input.answers.pausedBy !== undefined || !ticks.proves) return undefined;
  const next = nextStep(input.settings, told.found, {
    mode: input.mode,
    weight: input.weight,
    steps: steps(input.spec),
    ticks: ticks.state.tick,
    ticksAtWeight: ticks.atWeight.ticks,
  });
  if (next === undefined) return undefined;
  if (next === 'promote')
    return { decision: 'promote', weight: 100, reason: '', next: 'every metric is proven not worse' };
  if (late(input, state)) return undefined;
  return { decision: 'advance', weight: next, reason: '', next: `next ${next} %` };
};

const late = ({ now, spec }: SequentialInput, { startedAt }: AnalysisState): boolean =>
  (Date.parse(now) - Date.parse(startedAt)) / 1000 >= spec.analysis.deadline;

const byDeadline = ({ input, ticks, told, before }: Case): Ruling | undefined => {
  if (!late(input, before)) return undefined;
  const { deadline, onInconclusive } = input.spec.analysis;
  const left = remaining(input.settings, ticks.state, input.weight / 100);
  const reason = `inconclusive: the deadline of ${formatDuration(deadline)} passed at ${input.weight} %; ${missing(left)}`;
  if (onInconclusive === 'ask') return { decision: 'ask', reason };
  const clean = ticks.state.tick > 0 && !told.found.hold && !ticks.shared && ticks.unrouted === undefined;
  if (onInconclusive === 'promote' && clean) return { decision: 'promote', weight: 100, reason };
  return {
    decision: 'rollBack',
    reason,
    inEvent: `inconclusive at the deadline of ${formatDuration(deadline)}`,
  };
};

const heldBecause = ({ input, ticks, told, state }: Case): string => {
  if (input.answers.pausedBy !== undefined) return `paused by ${input.answers.pausedBy}`;
  if (isSilent(input.periods, state.takenUntil, input.weight))
    return 'the canary gets no traffic, though the primary does: the route may not reach it';
  if (ticks.unrouted !== undefined)
    return `unrouted traffic reaches the canary (${percentOf(ticks.unrouted, 1)} of all), so this proves nothing`;
  if (ticks.shared)
    return 'the primary is beyond a limit too: a shared incident, which speaks against neither';
  if (told.found.hold) {
    const { settings, found } = told;
    return (
      `${comparison(told)}; evidence ${found.evidence.toFixed(1)} of ${Math.round(1 / settings.alpha)}: ` +
      `rolls back there, goes on below ${settings.hold}`
    );
  }
  return missing(remaining(input.settings, ticks.state, input.weight / 100));
};

const ruleOn = (on: Case): Ruling => {
  const { input, before } = on;
  // The rules for people's answers read nothing of the threshold judge's checks.
  const people = {
    ...input,
    before,
    taken: { state: on.state, checks: [], canary: on.state.canary, primary: on.state.primary },
  };
  return (
    aborted(people) ??
    rejected(people) ??
    byEvidence(on) ??
    superseded(people) ??
    promotedByPerson(people) ??
    byProof(on) ??
    unanswered(people) ??
    byDeadline(on) ?? { decision: 'hold', reason: '', next: heldBecause(on) }
  );
};

const MOST_CHARACTERS = 300;

const sentence = ({ input, told }: Case, ruling: Ruling): string => {
  const evidence = `evidence of harm ${told.found.evidence.toFixed(2)} of ${Math.round(1 / input.settings.alpha)}`;
  const texts = {
    rollBack: `Roll back: ${ruling.reason.replace(/^[^:]+: (?=\d)/, '')}`,
    reject: `Roll back: ${ruling.reason}`,
    supersede: `Making room: ${ruling.reason}`,
    promote: `Promote: ${ruling.reason === '' ? `${ruling.next}, ${evidence}` : ruling.reason}`,
    advance: `${input.weight} %: ${evidence}; ${ruling.next}`,
    ask: `Asking a person: ${ruling.reason}`,
    hold: `${input.weight} %: staying; ${ruling.next ?? evidence}`,
  };
  const text = `${texts[ruling.decision]}.`;
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
};

const eventsOf = ({ input, told }: Case, ruling: Ruling): RolloutEvent[] => {
  const name = eventName(input.spec);
  switch (ruling.decision) {
    case 'rollBack':
    case 'reject':
      return [{ phase: 'Failed', text: `Rolling back ${name} ${ruling.inEvent ?? ruling.reason}` }];
    case 'supersede':
      return [{ phase: 'Progressing', text: `New revision detected! Restarting analysis for ${name}` }];
    case 'ask':
      return [
        {
          phase: 'WaitingPromotion',
          text: `Halt ${name} advancement waiting for promotion approval deadline`,
        },
      ];
    default:
      return told.found.hold
        ? [{ phase: 'Progressing', text: `Halt ${name} advancement ${comparison(told)}` }]
        : [];
  }
};

const fresh = ({ settings, history, requestsPerTick, shiftedAt }: SequentialInput): Carried => ({
  state: begin(settings, history, requestsPerTick),
  suspicion: NO_SUSPICION,
  atWeight: { since: shiftedAt, ticks: 0 },
});

/**
 * Judges a tick. The same input always gives the same verdict; a period that was taken in before changes nothing.
 * Rolls back at E >= 1/alpha, raises the weight while E < `hold`, promotes with proof only.
 */
export const judgeSequential = (input: SequentialInput): SequentialResult => {
  const { spec, now, shiftedAt, settings } = input;
  const before = input.analysis ?? freshState(spec, shiftedAt);
  const periods = newPeriods(spec, before, input.periods.map(withoutNonsense), now);
  const ticks = takeTicks(input, input.analysis?.sequential ?? fresh(input), periods);
  const state: AnalysisState = {
    ...before,
    ticks: before.ticks + 1,
    shiftedAt,
    takenUntil: periods.at(-1)?.end ?? before.takenUntil,
    canary: sum(before.canary, total(periods, 'canary')),
    primary: sum(before.primary, total(periods, 'primary')),
  };
  const found = finding(settings, ticks.state);
  const { period } = sourceTiming(spec.analysis);
  const told = { settings, latency: input.latency, found, suspicion: ticks.suspicion, period };
  const on: Case = { input, ticks, told, before, state };
  const ruling = ruleOn(on);
  const analysis: SequentialAnalysis = {
    ...state,
    ...(ruling.decision === 'ask' && { asked: { approval: input.approval, at: now } }),
    sequential: { state: forStorage(ticks.state), suspicion: ticks.suspicion, atWeight: ticks.atWeight },
  };
  return {
    decision: ruling.decision,
    reason: ruling.reason,
    weight: ruling.weight ?? input.weight,
    waitSeconds: waitForNext(spec, analysis, now),
    analysis,
    say: sentence(on, ruling),
    events: eventsOf(on, ruling),
  };
};
