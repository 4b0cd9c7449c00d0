import { randomUUID } from 'node:crypto';
import { beforeTraffic } from './core/holds/before-traffic.ts';
import type { Hooks } from './core/hooks/hooks.ts';
import { afterRollout } from './core/hooks/post-rollout.ts';
import type { RunHooksResult, RunHooksTask } from './core/hooks/task.ts';
import { tellEvents } from './core/hooks/tell-events.ts';
import type { RolloutStore } from './core/store.ts';
import { hookCaller } from './runtime/hook-caller.ts';
import { rolloutStore } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

/**
 * States "Ask to begin", "Run pre-rollout hooks", "Run post-rollout hooks" and "Run post-rollout hooks after rollback":
 * hooks that have minutes to answer, and what else may hold a rollout while its canary has no traffic.
 */
export const runHooks =
  (store: RolloutStore, hooks: Hooks, newId: () => string = randomUUID) =>
  async (input: RunHooksTask): Promise<RunHooksResult> => {
    const { stage, rollout, untold = [], now } = input;
    const result =
      stage === 'end'
        ? await afterRollout(hooks, input)
        : await beforeTraffic(store, hooks, { ...input, stage }, newId);
    await tellEvents(hooks, rollout, [...untold, { at: now, events: result.events }]);
    return result;
  };

export const handler = task((input: RunHooksTask) =>
  runHooks(rolloutStore(), hookCaller(input.rollout))(input),
);
