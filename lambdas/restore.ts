import { ErrorName } from './core/errors.ts';
import { waitForWholePeriod } from './core/judge/cadence.ts';
import type { TrafficRouter } from './core/ports.ts';
import type { RolloutEvent } from './core/rollout.ts';
import { readable } from './core/safety/failure.ts';
import { since } from './core/safety/reassert.ts';
import { restore } from './core/safety/restore.ts';
import { returnEvents, undoneEvent } from './core/safety/shift-events.ts';
import type { RolloutStore } from './core/store.ts';
import type { Failure, RestoreResult, RestoreTask } from './core/tasks.ts';
import { trafficRouter } from './runtime/ports.ts';
import { quickStore } from './runtime/quick-store.ts';
import { task } from './runtime/task.ts';

/** The way forward is told as such; a rollback is, unless the judge has said so itself. */
const eventsOf = (
  { rollout: { spec }, cause, returning, safe }: RestoreTask,
  failure: Failure,
): RolloutEvent[] => {
  if (returning === true) return returnEvents(spec, 0);
  if (cause.Error === ErrorName.RolledBack) return [];
  return [undoneEvent(spec, safe, failure)];
};

/** States "Roll back", "Keep canary serving" and "Insist on primary": all traffic to the side recorded as safe. */
export const restoreTraffic =
  (store: RolloutStore, router: TrafficRouter) =>
  async (input: RestoreTask): Promise<RestoreResult> => {
    const { rollout, generation, safe, cause, returning = false, now } = input;
    const { service, execution, spec } = rollout;
    const route = await restore(store, router, { service, execution: execution.arn, generation, safe });
    const failure = readable(cause);
    const shiftedAt = since(route, now);
    return {
      say: `All traffic is on the ${safe}${returning ? '' : `: ${failure.reason}`}`,
      events: eventsOf(input, failure),
      safe,
      failure,
      shiftedAt,
      waitSeconds: returning ? waitForWholePeriod(spec, shiftedAt, now) : spec.router.settle,
    };
  };

export const handler = task((input: RestoreTask) =>
  restoreTraffic(quickStore(), trafficRouter(input.rollout))(input),
);
