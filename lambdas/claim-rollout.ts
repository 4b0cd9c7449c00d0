import { claimService } from './core/claim/claim.ts';
import { courseInShort } from './core/course.ts';
import { steps } from './core/plan.ts';
import type { RolloutStore } from './core/store.ts';
import type { ClaimRolloutResult, ClaimRolloutTask } from './core/tasks.ts';
import { checkSpec } from './runtime/check-spec.ts';
import { rolloutStore } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

/** State "Claim rollout", the first one: takes the service's lock for this execution. Taking it twice is taking it once. */
export const claimRollout =
  (store: RolloutStore) =>
  async ({ rollout, now }: ClaimRolloutTask): Promise<ClaimRolloutResult> => {
    const { generation } = await store.update(rollout.service, (record) =>
      claimService(record, rollout, now),
    );
    const weights = steps(rollout.spec);
    const { tag } = rollout.release;
    const skipped = rollout.spec.skipAnalysis === true;
    const how = skipped
      ? 'to be promoted without analysis'
      : `${'canary' in rollout.spec.strategy ? 'step by step over ' : ''}${courseInShort(rollout.spec)}`;
    return {
      say: `${rollout.service} is claimed for ${tag}, ${how}`,
      events: [],
      generation,
      weight: skipped ? 100 : (weights[0] ?? 100),
      promoting: skipped,
    };
  };

export const handler = task(async (input: ClaimRolloutTask) => {
  checkSpec(input.rollout.spec);
  return claimRollout(rolloutStore())(input);
});
