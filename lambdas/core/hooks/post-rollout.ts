import { eventName } from '../judge/check.ts';
import type { Phase, RolloutEvent } from '../rollout.ts';
import { callHooks, type Hooks } from './hooks.ts';
import type { RunHooksResult, RunHooksTask } from './task.ts';

/** Tells the hooks for the end how it ended; a no is an event and nothing else, as in Flagger. */
export const afterRollout = async (
  hooks: Hooks,
  { rollout, outcome, now }: RunHooksTask,
): Promise<RunHooksResult> => {
  const phase: Phase = outcome === 'promoted' ? 'Succeeded' : 'Failed';
  const records = await callHooks(hooks, rollout, 'post-rollout', { now, phase });
  const events = records.map(({ name, passed, found }): RolloutEvent => {
    const text = passed ? `Post-rollout check ${name} passed` : `Post-rollout hook ${name} failed ${found}`;
    return { phase, text };
  });
  const said = records.map(({ name, found }) => `${name} ${found}`).join('; ') || 'nothing to run';
  return {
    decision: 'advance',
    reason: '',
    waitSeconds: 1,
    held: null,
    hooksAfter: true,
    say: `After ${eventName(rollout.spec)}: ${said}.`,
    events,
  };
};
