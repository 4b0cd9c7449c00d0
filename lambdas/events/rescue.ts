import { isCanaryError } from '../core/errors.ts';
import type { Claim } from '../core/record.ts';
import type { RolloutInput } from '../core/rollout.ts';
import { claimFromInput, type RescuePorts, rescue, safeByHistory } from '../core/safety/rescue.ts';
import { rescuePorts } from '../runtime/rescue-ports.ts';
import { task } from '../runtime/task.ts';

/** `Step Functions Execution Status Change`, as EventBridge brings it. */
export interface StatusChange {
  readonly time: string;
  readonly detail: {
    readonly executionArn: string;
    readonly status: string;
    readonly input: string;
    readonly error?: string | null;
    readonly cause?: string | null;
  };
}

/** The claim that the execution holds; by its input and history where the table does not answer; undefined where it holds none. */
const claimOf = async (
  { store, executions }: RescuePorts,
  { detail, time }: StatusChange,
  input: RolloutInput,
): Promise<Claim | undefined> => {
  try {
    const { claim, needs } = await store.read(input.service);
    return claim?.execution === detail.executionArn && needs?.what !== 'person' && needs?.what !== 'verify'
      ? claim
      : undefined;
  } catch (error) {
    if (!isCanaryError(error)) throw error;
    const entered = await executions.statesEntered(detail.executionArn);
    return claimFromInput(detail.executionArn, input, safeByHistory(entered), time);
  }
};

/** An execution was stopped, timed out or failed: if it still holds its service, its traffic goes to the safe side. */
export const rescueExecution =
  (portsFor: (input: RolloutInput) => RescuePorts) =>
  async (change: StatusChange): Promise<string> => {
    const { executionArn, status, error, cause, input: text } = change.detail;
    const input = JSON.parse(text) as RolloutInput;
    const ports = portsFor(input);
    const claim = await claimOf(ports, change, input);
    if (claim === undefined) return `${executionArn} holds nothing: nothing to rescue`;
    const ended = {
      execution: executionArn,
      status,
      ...(error != null && { error }),
      ...(cause != null && { cause }),
    };
    await rescue(ports, ended, claim, new Date(change.time).toISOString());
    return `${input.service}: all traffic is on the ${claim.safe}`;
  };

export const handler = task(async (change: StatusChange, tools) => {
  const say = await rescueExecution((input) => rescuePorts(input, tools))(change);
  tools.logger.info(say);
  return { say };
});
