import { amendClaim, ownClaim } from './core/claim/claim.ts';
import { CanaryError, ErrorName } from './core/errors.ts';
import type { TrafficRouter } from './core/ports.ts';
import { allOn } from './core/safety/restore.ts';
import type { RolloutStore } from './core/store.ts';
import type { TakeRouteResult, TakeRouteTask } from './core/tasks.ts';
import { rolloutStore, trafficRouter } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

/**
 * State "Take route": the first write, recorded before. The route is tagged as this service's, and what an earlier rollout
 * or a late write left on the canary goes back: whatever is deployed next gets no traffic yet.
 */
export const takeRoute =
  (store: RolloutStore, router: TrafficRouter) =>
  async ({ rollout, generation }: TakeRouteTask): Promise<TakeRouteResult> => {
    const { service, spec } = rollout;
    const { route, primary } = spec.router.appMesh;
    const by = { execution: rollout.execution.arn, generation };
    await store.update(service, (record) => amendClaim(record, by, { phase: 'Progressing', intent: 0 }));
    const left = (await router.read()).weights.canary;
    await router.own(service);
    await router.shift(allOn('primary'));
    if (!(await router.verify(allOn('primary'))))
      throw new CanaryError(
        ErrorName.Transient,
        `the route ${route} does not show all traffic on ${primary} yet`,
      );
    ownClaim(await store.read(service), by.execution, generation);
    const healed = left === 0 ? '' : `; ${left} % that were left on the canary are back on ${primary}`;
    return { say: `The route ${route} is ${service}’s${healed}`, events: [] };
  };

export const handler = task((input: TakeRouteTask) =>
  takeRoute(rolloutStore(), trafficRouter(input.rollout))(input),
);
