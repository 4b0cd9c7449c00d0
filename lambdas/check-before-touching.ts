import { amendClaim } from './core/claim/claim.ts';
import { CanaryError, ErrorName } from './core/errors.ts';
import { type PreflightPorts, preflightAws } from './core/preflight/aws.ts';
import { allOn } from './core/safety/restore.ts';
import type { RolloutStore } from './core/store.ts';
import type { CheckBeforeTouchingResult, CheckBeforeTouchingTask } from './core/tasks.ts';
import { preflightPorts, rolloutStore } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

/**
 * State "Check before touching": refuses with every problem at once, before anything is written. What an earlier
 * rollout left on the route is healed here: a free service has all its traffic on the primary.
 */
export const checkBeforeTouching =
  (store: RolloutStore, ports: PreflightPorts) =>
  async ({ rollout, generation, now }: CheckBeforeTouchingTask): Promise<CheckBeforeTouchingResult> => {
    const { problems, cluster, metrics, canaryWeight } = await preflightAws(rollout, ports, new Date(now));
    if (problems.length > 0 || cluster === undefined || metrics === undefined) {
      throw new CanaryError(ErrorName.Refused, problems.join('\n'));
    }
    const by = { execution: rollout.execution.arn, generation };
    await store.update(rollout.service, (record) => amendClaim(record, by, { cluster }));
    const healed = canaryWeight !== 0;
    if (healed) await ports.router.restore(allOn('primary'));
    await ports.router.own(rollout.service);
    const found = `Route, metrics, image and cluster are as the spec says`;
    return {
      say: healed
        ? `${found}; ${canaryWeight} % that were left on the canary are back on the primary`
        : found,
      events: [],
      cluster,
      metrics,
    };
  };

export const handler = task((input: CheckBeforeTouchingTask) =>
  checkBeforeTouching(rolloutStore(), preflightPorts(input.rollout))(input),
);
