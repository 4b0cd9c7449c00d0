import { ownClaim } from './core/claim/claim.ts';
import { heardWhileWaiting } from './core/claim/hear.ts';
import type { RolloutStore } from './core/store.ts';
import type { HearPeopleResult, HearPeopleTask } from './core/tasks.ts';
import { rolloutStore } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

/** State "Hear people": abort, pause and a newer release, while pods start and nothing is judged. */
export const hearPeople =
  (store: RolloutStore) =>
  async ({ rollout, generation }: HearPeopleTask): Promise<HearPeopleResult> => {
    const record = await store.read(rollout.service);
    ownClaim(record, rollout.execution.arn, generation);
    return heardWhileWaiting(record, rollout);
  };

export const handler = task((input: HearPeopleTask) => hearPeople(rolloutStore())(input));
