import { type RequestAnswer, requestRollout, takePending } from '../claim/request.ts';
import type { Executions } from '../ports.ts';
import type { RolloutInput } from '../rollout.ts';
import type { RolloutStore } from '../store.ts';

/**
 * Takes in a request and starts its execution where one is due. Reserved first, started second: a start that was lost in
 * between is made good by the same event coming again, or by the watchdog.
 */
export const startRequested = async (
  store: RolloutStore,
  executions: Executions,
  input: RolloutInput,
  context: { retry: boolean; now: string },
): Promise<RequestAnswer> => {
  const answer = await store.update(input.service, (record) =>
    requestRollout(record, input, { ...context, executionArn: (name) => executions.arnOf(name) }),
  );
  if (answer.kind === 'start') await executions.start(answer.name, answer.input);
  return answer;
};

/** Starts the request that waits for a free service, if one does. Returns its execution's name. */
export const startPending = async (
  store: RolloutStore,
  executions: Executions,
  service: string,
  now: string,
): Promise<string | undefined> => {
  const answer = await store.update(service, (record) =>
    takePending(record, { now, executionArn: (name) => executions.arnOf(name) }),
  );
  if (answer !== undefined) await executions.start(answer.name, answer.input);
  return answer?.name;
};
