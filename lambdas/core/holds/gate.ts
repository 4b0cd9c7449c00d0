import { eventName } from '../judge/check.ts';
import { askingSeconds } from '../plan.ts';
import type { RolloutEvent } from '../rollout.ts';
import { formatDuration } from '../spec/duration.ts';
import type { GateSpec } from '../spec/gates.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { JudgeCanaryResult } from '../tasks.ts';
import { byPerson, type Hold, type HoldInput, rollBack, stay, stepOf } from './outcome.ts';
import { gateOpenFor, type HoldsState, type NextStep } from './state.ts';

/** `25 %`, `promotion`: what a gate stands before. */
export const stepInWords = (step: NextStep): string => {
  if (typeof step === 'number') return `${step} %`;
  return step === 'rollout' ? 'the rollout' : step;
};

/** By the kind of a step: Flagger's words for what is awaited, for what has passed, and its phase meanwhile. */
const KINDS = {
  rollout: { awaited: 'approval', passed: 'rollout', phase: 'Waiting' },
  increase: { awaited: 'traffic increase approval', passed: 'traffic-increase', phase: 'Progressing' },
  promotion: { awaited: 'promotion approval', passed: 'promotion', phase: 'WaitingPromotion' },
} as const;
const kindOf = (step: NextStep) => KINDS[typeof step === 'number' ? 'increase' : step];

/** What is told when a step begins to wait for the yes of a gate or a hook. */
export const waitingEvent = (spec: RolloutSpec, step: NextStep, of: string): RolloutEvent => {
  const { awaited, phase } = kindOf(step);
  return { phase, text: `Halt ${eventName(spec)} advancement waiting for ${awaited} ${of}` };
};

const standsBefore = ({ before }: GateSpec, step: NextStep): boolean =>
  before === step || (before === 'increase' && typeof step === 'number' && step > 0);

/** Seconds that a person may take at the closed gate before a step; undefined where there is none, or it was opened. */
export const closedGate = (
  spec: RolloutSpec,
  holds: HoldsState | undefined,
  step: NextStep,
): number | undefined => {
  const timeouts = spec.gates.filter((gate) => standsBefore(gate, step)).map(({ timeout }) => timeout);
  if (timeouts.length === 0 || holds?.opened?.includes(step)) return undefined;
  // What all questions of a canary with traffic may take together.
  const left = Math.max(askingSeconds(spec) - (holds?.gateSeconds ?? 0), spec.analysis.interval);
  return Math.min(...timeouts, ...(step === 'rollout' ? [] : [left]));
};

/** The state with its open gate passed: kept, so that the step needs no second approval. */
export const opened = (holds: HoldsState, now: string): HoldsState => {
  const { gate, ...rest } = holds;
  if (gate === undefined) return holds;
  return {
    ...rest,
    opened: [...(holds.opened ?? []), gate.before],
    gateSeconds: (holds.gateSeconds ?? 0) + gateOpenFor({ holds }, now),
  };
};

/** An open gate that a person has approved is passed, whatever the judge says at this tick: the world may have moved meanwhile. */
export const afterAnswer = (verdict: JudgeCanaryResult, on: HoldInput): JudgeCanaryResult => {
  const { holds } = verdict.analysis;
  const approved = on.answers.approval === 'approved' || on.answers.promotedBy !== undefined;
  if (holds?.gate === undefined || !approved) return verdict;
  const text = `Confirm-${kindOf(holds.gate.before).passed} check gate passed`;
  return {
    ...verdict,
    analysis: { ...verdict.analysis, holds: opened(holds, on.now) },
    events: [{ phase: 'Progressing', text }, ...verdict.events],
  };
};

/** Why the open gate's question has ended in no; undefined while it may still be answered. */
const gateRefused = (
  holds: HoldsState | undefined,
  { answers, now }: Pick<HoldInput, 'answers' | 'now'>,
): string | undefined => {
  const gate = holds?.gate;
  if (gate === undefined) return undefined;
  const where = `at the gate before ${stepInWords(gate.before)}`;
  if (answers.approval === 'rejected') return `rejected by ${answers.by ?? 'a person'} ${where}`;
  return gateOpenFor({ holds: { gate } }, now) >= gate.timeout
    ? `nobody approved within ${formatDuration(gate.timeout)} ${where}`
    : undefined;
};

/** A no of a person, or no answer in time. */
export const refusedAtGate: Hold = (verdict, on) => {
  const refused = gateRefused(verdict.analysis.holds, on);
  return refused === undefined ? undefined : rollBack(verdict, on, 'reject', refused, refused);
};

/** Halts at a closed gate: asks a person once, waits for the answer while judging goes on, and takes no answer for a no. */
export const atGate: Hold = (verdict, on) => {
  const { spec, now, approval } = on;
  const { holds } = verdict.analysis;
  const step = stepOf(verdict, on);
  if (holds?.gate !== undefined) {
    const why = `it waits for approval of ${stepInWords(holds.gate.before)} since ${holds.gate.at}`;
    return step === undefined ? undefined : stay(verdict, on, why);
  }
  if (step === undefined || byPerson(on)) return undefined;
  const timeout = closedGate(spec, holds, step);
  if (timeout === undefined) return undefined;
  const analysis = {
    ...verdict.analysis,
    holds: { ...holds, gate: { before: step, approval, at: now, timeout } },
  };
  const why = `a gate stands before ${stepInWords(step)}`;
  return stay(verdict, on, why, { analysis, decision: 'ask', reason: why }, [
    waitingEvent(spec, step, 'gate'),
  ]);
};
