import { amendClaim } from './core/claim/claim.ts';
import { assertNotAborted } from './core/claim/hear.ts';
import type { RolloutStore } from './core/store.ts';
import type { RecordPhaseResult, RecordPhaseTask } from './core/tasks.ts';
import { rolloutStore } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

/** States "Record canary as safe" and "Record primary as safe": where traffic goes if anything fails from here on. */
export const recordPhase =
  (store: RolloutStore) =>
  async ({ rollout, generation, phase, safe }: RecordPhaseTask): Promise<RecordPhaseResult> => {
    await store.update(rollout.service, (record) => {
      if (phase === 'Promoting') assertNotAborted(record, rollout);
      return amendClaim(record, { execution: rollout.execution.arn, generation }, { phase, safe });
    });
    return { say: `From here on, if anything fails, all traffic goes to the ${safe}`, events: [] };
  };

export const handler = task((input: RecordPhaseTask) => recordPhase(rolloutStore())(input));
