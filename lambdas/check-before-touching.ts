import { amendClaim } from './core/claim/claim.ts';
import { CanaryError, ErrorName } from './core/errors.ts';
import { type PreflightPorts, preflightAws } from './core/preflight/aws.ts';
import { foundations } from './core/preflight/foundations.ts';
import type { RolloutStore } from './core/store.ts';
import type { CheckBeforeTouchingResult, CheckBeforeTouchingTask } from './core/tasks.ts';
import { preflightPorts, rolloutStore } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

/** State "Check before touching": refuses with every problem at once, and writes nothing that it looks at. */
export const checkBeforeTouching =
  (store: RolloutStore, ports: PreflightPorts) =>
  async ({ rollout, generation, now }: CheckBeforeTouchingTask): Promise<CheckBeforeTouchingResult> => {
    const { freed } = await store.read(rollout.service);
    const subject = { ...rollout, known: freed !== undefined };
    const { problems, cluster, metrics, canaryWeight } = await preflightAws(subject, ports, new Date(now));
    if (problems.length > 0 || cluster === undefined || metrics === undefined) {
      throw new CanaryError(ErrorName.Refused, problems.join('\n'));
    }
    const by = { execution: rollout.execution.arn, generation };
    await store.update(rollout.service, (record) => amendClaim(record, by, { cluster }));
    const left = canaryWeight === 0 ? '' : `; ${canaryWeight} % are left on the canary`;
    const found = await foundations(rollout, ports.metrics, metrics, now);
    await store.putBasis(found.basis);
    return {
      say: `Route, metrics, image and cluster are as the spec says${left}${found.say}`,
      events: found.events,
      cluster,
      metrics: { ...metrics, ...(found.basis.past && { past: found.basis.past }) },
    };
  };

export const handler = task((input: CheckBeforeTouchingTask) =>
  checkBeforeTouching(rolloutStore(), preflightPorts(input.rollout))(input),
);
