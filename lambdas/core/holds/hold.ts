import { type HookRecord, refusedBy } from '../hooks/hooks.ts';
import { eventName } from '../judge/check.ts';
import type { RolloutEvent } from '../rollout.ts';
import type { HookType } from '../spec/hooks.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { iterationsOf } from '../spec/strategy.ts';
import type { AnalysisState, JudgeCanaryResult } from '../tasks.ts';
import { afterAnswer, atGate, refusedAtGate, waitingEvent } from './gate.ts';
import { withHookFailure } from './hook-failures.ts';
import { byPerson, clipped, type Hold, type HoldInput, rollBack, stay, stepOf } from './outcome.ts';
import type { NextStep } from './state.ts';

const ENDS: readonly JudgeCanaryResult['decision'][] = ['rollBack', 'reject', 'supersede'];

const rollbackHook: Hold = (verdict, on) => {
  const hook = on.hooks.find(({ type, passed }) => type === 'rollback' && passed);
  if (hook === undefined || ENDS.includes(verdict.decision)) return undefined;
  const reason = `hook ${hook.name}: it signals a rollback (${hook.found})`;
  return rollBack(verdict, on, 'rollBack', reason, 'manual webhook invoked', [
    `Rollback check ${hook.name} passed`,
  ]);
};

/** A verdict that undoes, or that a gate's question has no part in, stands. */
const undone: Hold = (verdict) => (ENDS.includes(verdict.decision) ? verdict : undefined);

const failedHook: Hold = (verdict, on) => {
  const refused = refusedBy(on.hooks, 'rollout') ?? refusedBy(on.hooks, 'pre-rollout');
  if (refused === undefined || byPerson(on)) return undefined;
  const { name, type, found } = refused;
  const why = `hook ${name} ${found}`;
  const check = type === 'pre-rollout' ? 'pre-rollout check' : 'external check';
  const text = `Halt ${eventName(on.spec)} advancement ${check} ${name} failed ${found}`;
  const event: RolloutEvent = { phase: 'Progressing', text };
  if (stepOf(verdict, on) !== undefined) return stay(verdict, on, why, {}, [event]);
  const say = clipped(`${verdict.say.replace(/\.$/, '')}; ${why}.`);
  // Flagger asks no metric after a hook has said no: one failed check, told once. What metrics said stands in `say`.
  const others = verdict.events.filter(({ text: other }) => !other.startsWith('Halt '));
  const told = on.spec.analysis.judge === 'threshold' ? others : verdict.events;
  return { ...verdict, say, events: [...told, event] };
};

/** `awaiting` of a freeze: no hook has a colon in its name. */
const FREEZE = 'freeze:';

const whileFrozen: Hold = (verdict, on) => {
  if (on.frozen === undefined || stepOf(verdict, on) === undefined) return undefined;
  const analysis = { ...verdict.analysis, holds: { ...verdict.analysis.holds, awaiting: FREEZE } };
  const phase = stepOf(verdict, on) === 'rollout' ? 'Waiting' : 'Progressing';
  const text = `Halt ${eventName(on.spec)} advancement ${on.frozen}`;
  const told = on.before.holds?.awaiting === FREEZE;
  return stay(verdict, on, `it is ${on.frozen}`, { analysis }, told ? [] : [{ phase, text }]);
};

/** As in Flagger, a yes of these is not told of. */
const QUIET: readonly HookType[] = ['rollout', 'rollback'];

const passedChecks = (hooks: readonly HookRecord[], phase: RolloutEvent['phase']): RolloutEvent[] =>
  hooks
    .filter((hook) => hook.passed && !QUIET.includes(hook.type))
    .map(({ name, type }) => {
      const check = `${type.charAt(0).toUpperCase()}${type.slice(1)}`;
      return { phase, text: `${check} check ${name} passed` };
    });

/** Flagger plays the last iteration again before it asks again: it counts one less while it waits (scheduler.go, setStatusPhase). */
const lastAgain = (spec: RolloutSpec, step: NextStep): Pick<AnalysisState, 'iteration'> => {
  const iterations = iterationsOf(spec);
  return step === 'rollout' || iterations === undefined ? {} : { iteration: iterations - 1 };
};

/** With blue/green, hooks for promotion stand before the switch, too. */
const stepOfHook = (type: HookType, step: NextStep): NextStep =>
  type === 'confirm-promotion' ? 'promotion' : step;

const CONFIRMS = ['confirm-rollout', 'confirm-traffic-increase', 'confirm-promotion'] as const;

const unconfirmed: Hold = (verdict, on) => {
  const step = stepOf(verdict, on);
  const refused = CONFIRMS.map((type) => refusedBy(on.hooks, type)).find((record) => record !== undefined);
  if (step === undefined || refused === undefined || byPerson(on)) return undefined;
  const { name, type, found } = refused;
  const told = on.before.holds?.awaiting === name;
  const muted = on.spec.hooks.find((hook) => hook.name === name)?.muteAlert ?? false;
  const analysis = {
    ...verdict.analysis,
    ...lastAgain(on.spec, step),
    holds: { ...verdict.analysis.holds, awaiting: name },
  };
  const why = `hook ${name} ${found}`;
  // A hook for an increase stands before promotion, too, and is told of as what it is.
  const asked = type === 'confirm-traffic-increase' ? verdict.weight : stepOfHook(type, step);
  const ask = told || muted ? {} : { decision: 'ask' as const, reason: why };
  const waiting = waitingEvent(on.spec, asked, name);
  // Of an increase Flagger tells at each tick, with the checks that have passed before it; of the others once.
  if (type === 'confirm-traffic-increase')
    return stay(verdict, on, why, { analysis, ...ask }, [...passedChecks(on.hooks, 'Progressing'), waiting]);
  return stay(verdict, on, why, { analysis, ...ask }, told ? [] : [waiting]);
};

/** The step is taken: what was awaited for it is over. */
const taken: Hold = (verdict, on) => {
  const step = stepOf(verdict, on);
  const { hooks } = on;
  if (step === undefined) return undefined;
  const phase = step === 'rollout' ? 'Initialized' : 'Progressing';
  const events = [...verdict.events, ...passedChecks(hooks, phase)];
  if (verdict.analysis.holds === undefined) return { ...verdict, events };
  const { awaiting: _, ...holds } = verdict.analysis.holds;
  return { ...verdict, events, analysis: { ...verdict.analysis, holds } };
};

/** In this order; the first that says something decides. Undoing comes before going on. */
const HOLDS: readonly Hold[] = [
  rollbackHook,
  undone,
  failedHook,
  refusedAtGate,
  whileFrozen,
  atGate,
  unconfirmed,
  taken,
];

/** What is done at a tick: the verdict, unless something holds it. */
export const hold = (judged: JudgeCanaryResult, on: HoldInput): JudgeCanaryResult => {
  const verdict = afterAnswer(withHookFailure(judged, on), on);
  for (const says of HOLDS) {
    const held = says(verdict, on);
    if (held !== undefined) return held;
  }
  return verdict;
};
