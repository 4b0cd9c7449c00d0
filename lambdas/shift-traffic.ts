import { amendClaim, ownClaim } from './core/claim/claim.ts';
import { CanaryError, ErrorName } from './core/errors.ts';
import { waitAfterShift, waitForWholePeriod } from './core/judge/cadence.ts';
import { returnWeight } from './core/plan.ts';
import type { TrafficRouter } from './core/ports.ts';
import { since } from './core/safety/reassert.ts';
import { returnEvents, shiftEvents, shiftSentence } from './core/safety/shift-events.ts';
import type { RolloutSpec } from './core/spec/schema.ts';
import { beforeSwitch, blueGreenOf } from './core/spec/strategy.ts';
import type { RolloutStore } from './core/store.ts';
import type { ShiftTrafficResult, ShiftTrafficTask } from './core/tasks.ts';
import { rolloutStore, trafficRouter } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

/**
 * A share that returned is looked at when a whole period tells of it. One interval lies between the steps of a return, and
 * between looks for which no metric is read.
 */
const waitAfter = (
  spec: RolloutSpec,
  {
    weight,
    from,
    shiftedAt,
    now,
  }: Pick<ShiftTrafficTask, 'weight' | 'now'> & { from: number | undefined; shiftedAt: string },
): number => {
  if (from !== undefined && weight === 0) return waitForWholePeriod(spec, shiftedAt, now);
  const unread = beforeSwitch(spec, weight) && blueGreenOf(spec)?.countUnrouted === false;
  return from !== undefined || unread ? spec.analysis.interval : waitAfterShift(spec, shiftedAt, now);
};

/**
 * States "Shift traffic" and "Return traffic to primary". What is wanted is recorded before it is written, the route is
 * read back, and the claim is checked again: a late write of an execution that lost its claim changes nothing that lasts.
 */
export const shiftTraffic =
  (store: RolloutStore, router: TrafficRouter) =>
  async ({
    rollout,
    generation,
    weight: wanted,
    from,
    now,
  }: ShiftTrafficTask): Promise<ShiftTrafficResult> => {
    const { service, spec } = rollout;
    const weight = from === undefined ? wanted : returnWeight(spec, from);
    const by = { execution: rollout.execution.arn, generation };
    await store.update(service, (record) =>
      amendClaim(record, by, {
        intent: weight,
        ...(from === undefined && { phase: 'Progressing' }),
      }),
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
      events: from === undefined ? shiftEvents(spec, weight) : returnEvents(spec, weight),
      weight,
      shiftedAt,
      waitSeconds: waitAfter(spec, { weight, from, shiftedAt, now }),
    };
  };

export const handler = task((input: ShiftTrafficTask) =>
  shiftTraffic(rolloutStore(), trafficRouter(input.rollout))(input),
);
