import { amendClaim, ownClaim } from './core/claim/claim.ts';
import { CanaryError, ErrorName } from './core/errors.ts';
import { waitAfterShift, waitForWholePeriod } from './core/judge/cadence.ts';
import type { TrafficRouter } from './core/ports.ts';
import { since } from './core/safety/reassert.ts';
import { shiftEvents, shiftSentence } from './core/safety/shift-events.ts';
import type { RolloutStore } from './core/store.ts';
import type { ShiftTrafficResult, ShiftTrafficTask } from './core/tasks.ts';
import { rolloutStore, trafficRouter } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

/**
 * States "Shift traffic" and "Return traffic to primary". What is wanted is recorded before it is written, the route is
 * read back, and the claim is checked again: a late write of an execution that lost its claim changes nothing that lasts.
 */
export const shiftTraffic =
  (store: RolloutStore, router: TrafficRouter) =>
  async ({ rollout, generation, weight, now }: ShiftTrafficTask): Promise<ShiftTrafficResult> => {
    const { service, spec } = rollout;
    const by = { execution: rollout.execution.arn, generation };
    await store.update(service, (record) =>
      amendClaim(record, by, { intent: weight, ...(weight > 0 && { phase: 'Progressing' }) }),
    );
    const weights = { primary: 100 - weight, canary: weight };
    const route = await router.shift(weights);
    const shiftedAt = since(route, now);
    if (!(await router.verify(weights))) {
      throw new CanaryError(ErrorName.Transient, `the route does not show ${weight} % on the canary yet`);
    }
    ownClaim(await store.read(service), by.execution, generation);
    return {
      say: shiftSentence(spec, weight),
      events: shiftEvents(spec, weight),
      weight,
      shiftedAt,
      waitSeconds:
        weight === 0 ? waitForWholePeriod(spec, shiftedAt, now) : waitAfterShift(spec, shiftedAt, now),
    };
  };

export const handler = task((input: ShiftTrafficTask) =>
  shiftTraffic(rolloutStore(), trafficRouter(input.rollout))(input),
);
