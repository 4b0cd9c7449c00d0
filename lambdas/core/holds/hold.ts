import { refusedBy } from '../hooks/hooks.ts';
import { eventName } from '../judge/check.ts';
import type { RolloutEvent } from '../rollout.ts';
import type { JudgeCanaryResult } from '../tasks.ts';
import { afterAnswer, atGate } from './gate.ts';
import { withHookFailure } from './hook-failures.ts';
import { byPerson, clipped, type Hold, type HoldInput, rollBack, stay, stepOf } from './outcome.ts';

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
  const refused = refusedBy(on.hooks, 'rollout');
  if (refused === undefined || byPerson(on)) return undefined;
  const why = `hook ${refused.name} ${refused.found}`;
  const text = `Halt ${eventName(on.spec)} advancement external check ${refused.name} failed ${refused.found}`;
  const event: RolloutEvent = { phase: 'Progressing', text };
  return stepOf(verdict) === undefined
    ? {
        ...verdict,
        say: clipped(`${verdict.say.replace(/\.$/, '')}; ${why}.`),
        events: [...verdict.events, event],
      }
    : stay(verdict, on, why, {}, [event]);
};

const whileFrozen: Hold = (verdict, on) =>
  on.frozen === undefined || stepOf(verdict) === undefined
    ? undefined
    : stay(verdict, on, `it is ${on.frozen}`);

const CONFIRMS = [
  ['confirm-traffic-increase', 'traffic increase'],
  ['confirm-promotion', 'promotion'],
] as const;

const unconfirmed: Hold = (verdict, on) => {
  const step = stepOf(verdict);
  if (step === undefined || byPerson(on)) return undefined;
  for (const [type, what] of CONFIRMS) {
    const refused = refusedBy(on.hooks, type);
    if (refused === undefined) continue;
    const told = on.before.holds?.awaiting === refused.name;
    const muted = on.spec.hooks.find(({ name }) => name === refused.name)?.muteAlert ?? false;
    const analysis = { ...verdict.analysis, holds: { ...verdict.analysis.holds, awaiting: refused.name } };
    const why = `hook ${refused.name} ${refused.found}`;
    const text = `Halt ${eventName(on.spec)} advancement waiting for ${what} approval ${refused.name}`;
    const phase = type === 'confirm-promotion' ? 'WaitingPromotion' : 'Progressing';
    const decision = told || muted ? 'hold' : 'ask';
    return stay(
      verdict,
      on,
      why,
      { analysis, decision, reason: decision === 'ask' ? why : '' },
      told ? [] : [{ phase, text }],
    );
  }
  return undefined;
};

/** The step is taken: what was awaited for it is over. */
const taken: Hold = (verdict, { hooks }) => {
  if (stepOf(verdict) === undefined) return undefined;
  const confirmed = hooks.flatMap(({ name, type, passed }): RolloutEvent[] =>
    passed && type.startsWith('confirm-')
      ? [{ phase: 'Progressing', text: `Confirm-${type.slice('confirm-'.length)} check ${name} passed` }]
      : [],
  );
  const events = [...verdict.events, ...confirmed];
  if (verdict.analysis.holds === undefined) return { ...verdict, events };
  const { awaiting: _, ...holds } = verdict.analysis.holds;
  return { ...verdict, events, analysis: { ...verdict.analysis, holds } };
};

/** In this order; the first that says something decides. Undoing comes before going on. */
const HOLDS: readonly Hold[] = [rollbackHook, undone, failedHook, atGate, whileFrozen, unconfirmed, taken];

/** What is done at a tick: the verdict, unless something holds it. */
export const hold = (judged: JudgeCanaryResult, on: HoldInput): JudgeCanaryResult => {
  const verdict = afterAnswer(withHookFailure(judged, on), on);
  for (const says of HOLDS) {
    const held = says(verdict, on);
    if (held !== undefined) return held;
  }
  return verdict;
};
