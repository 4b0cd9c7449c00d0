import { finishClaim, lockFor } from './core/claim/finish.ts';
import type { Executions } from './core/ports.ts';
import { reasonOf } from './core/safety/failure.ts';
import { startPending } from './core/safety/start.ts';
import type { RolloutStore } from './core/store.ts';
import type { FinishRolloutResult, FinishRolloutTask } from './core/tasks.ts';
import { executions, rolloutStore } from './runtime/ports.ts';
import { task } from './runtime/task.ts';

const NOTHING = { requests: 0, failures: 0 };

/** States "Finish rollout", "Finish rollback", "Finish failed promotion" and "Give the claim back". */
export const finishRollout =
  (store: RolloutStore, running: Executions) =>
  async (input: FinishRolloutTask): Promise<FinishRolloutResult> => {
    const { rollout, outcome, analysis, serving, now } = input;
    const { service, release, execution } = rollout;
    const reason = reasonOf(input);
    await store.putSummary({
      service,
      release,
      execution: execution.arn,
      outcome,
      reason,
      startedAt: execution.startedAt,
      endedAt: now,
      ...(analysis?.inconclusive && { inconclusive: true }),
      ...(outcome === 'promoted' && serving != null && { replaced: serving }),
      canary: analysis?.canary ?? NOTHING,
      primary: analysis?.primary ?? NOTHING,
    });
    if (outcome === 'failed') {
      const failure = { error: 'Canary.PromotionFailed', reason };
      await store.update(service, (record) =>
        lockFor(record, execution.arn, { what: 'person', since: now, failure }),
      );
      return { say: `${service} stays locked until a person has mended the primary`, events: [], reason };
    }
    await store.update(service, (record) => finishClaim(record, execution.arn, outcome, now));
    const next = await startPending(store, running, service, now);
    return {
      say: next === undefined ? `${service} is free` : `${service} is free; ${next} is next`,
      events: [],
      reason,
    };
  };

export const handler = task((input: FinishRolloutTask) => finishRollout(rolloutStore(), executions())(input));
