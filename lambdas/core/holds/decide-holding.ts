import type { Hooks } from '../hooks/hooks.ts';
import { stepHooks } from '../hooks/tick-hooks.ts';
import { freshState } from '../judge/take-in.ts';
import type { ServiceRecord } from '../record.ts';
import type { Rollout } from '../rollout.ts';
import type { RolloutStore } from '../store.ts';
import type { JudgeCanaryResult } from '../tasks.ts';
import type { TickInput } from './decide.ts';
import { ALL_SERVICES, frozen } from './freeze.ts';
import { byPerson, stepOf } from './outcome.ts';

/** What a step is asked of. */
export interface StepPorts {
  readonly store: RolloutStore;
  readonly hooks: Hooks;
  readonly rollout: Rollout;
  /** The service's record, as this tick read it. */
  readonly record: ServiceRecord;
  readonly decide: (input: TickInput) => JudgeCanaryResult;
}

/**
 * Decides a tick, and asks for a freeze and for confirming hooks only where a step would be taken: most ticks hold, and
 * hooks that confirm are called once per step, as in Flagger. Returns the input with all that was asked, for the record.
 */
export const decideHolding = async (
  input: TickInput,
  { store, hooks, rollout, record, decide }: StepPorts,
): Promise<{ readonly asked: TickInput; readonly verdict: JudgeCanaryResult }> => {
  const { spec, now } = input;
  const verdict = decide(input);
  if (stepOf(verdict, input) === undefined) return { asked: input, verdict };
  const unfrozen = { ...input, frozen: frozen(spec, record, await store.read(ALL_SERVICES), now) };
  const allowed = decide(unfrozen);
  const step = stepOf(allowed, input);
  const before = input.analysis ?? freshState(spec, input.shiftedAt);
  if (step === undefined || byPerson({ answers: input.answers, before }))
    return { asked: unfrozen, verdict: allowed };
  const phase = record.claim?.phase ?? 'Initialized';
  const answers = await stepHooks(hooks, rollout, step, { now, phase });
  const asked = { ...unfrozen, hooks: [...(input.hooks ?? []), ...answers] };
  return { asked, verdict: decide(asked) };
};
