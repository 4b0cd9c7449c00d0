import { ErrorName } from './core/errors.ts';
import { eventName } from './core/judge/check.ts';
import type { TrafficRouter } from './core/ports.ts';
import { readable } from './core/safety/failure.ts';
import { restore } from './core/safety/restore.ts';
import type { RolloutStore } from './core/store.ts';
import type { RestoreResult, RestoreTask } from './core/tasks.ts';
import { trafficRouter } from './runtime/ports.ts';
import { quickStore } from './runtime/quick-store.ts';
import { task } from './runtime/task.ts';

/** States "Roll back", "Keep canary serving" and "Insist on primary": all traffic to the side recorded as safe. */
export const restoreTraffic =
  (store: RolloutStore, router: TrafficRouter) =>
  async ({ rollout, safe, cause }: RestoreTask): Promise<RestoreResult> => {
    const { service, execution, spec } = rollout;
    await restore(store, router, { service, execution: execution.arn, safe });
    const failure = readable(cause);
    return {
      say: `All traffic is on the ${safe}: ${failure.reason}`,
      // The judge has said so itself; an error is told here.
      events:
        cause.error === ErrorName.RolledBack
          ? []
          : [{ phase: 'Failed', text: `Rolling back ${eventName(spec)} ${failure.reason}` }],
      safe,
      failure,
    };
  };

export const handler = task((input: RestoreTask) =>
  restoreTraffic(quickStore(), trafficRouter(input.rollout))(input),
);
