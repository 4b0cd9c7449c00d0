import { ErrorName } from '../core/errors.ts';
import type { Claim } from '../core/record.ts';
import type { RolloutInput } from '../core/rollout.ts';
import { safeByHistory } from '../core/safety/history.ts';
import type { RescuePorts } from '../core/safety/ports.ts';
import { claimFromInput, rescue } from '../core/safety/rescue.ts';
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

/** How executions end that moved no traffic, or brought it to its safe side themselves. */
const SETTLED: readonly string[] = [
  ErrorName.Busy,
  ErrorName.Refused,
  ErrorName.InvalidInput,
  ErrorName.Fenced,
  ErrorName.Rejected,
  ErrorName.Superseded,
  ErrorName.RolledBack,
  ErrorName.PromotionFailed,
];

/** Without the table: by the execution's own input and history, which must show that it held the service until it ended. */
const claimWithoutTable = async (
  { executions }: RescuePorts,
  { detail, time }: StatusChange,
  input: RolloutInput,
): Promise<Claim | undefined> => {
  if (SETTLED.includes(detail.error ?? '')) return undefined;
  const safe = safeByHistory(await executions.statesEntered(detail.executionArn));
  if (safe === undefined) return undefined;
  return claimFromInput(detail.executionArn, input, safe, time);
};

/** The claim that the execution holds; undefined where it holds none. Whatever keeps the record from being read, traffic gets safe. */
const claimOf = async (
  ports: RescuePorts,
  change: StatusChange,
  input: RolloutInput,
): Promise<Claim | undefined> => {
  const record = await ports.store.read(input.service).catch(() => undefined);
  // A service that was never claimed: its record is lost, for the execution's history may tell that it was.
  const lost = record === undefined || (record.claim === undefined && record.generation === 0);
  if (lost) return claimWithoutTable(ports, change, input);
  const { claim, needs } = record;
  const held =
    claim?.execution === change.detail.executionArn && needs?.what !== 'person' && needs?.what !== 'verify';
  return held ? claim : undefined;
};

/** The rollout in an execution's input; undefined where somebody started it by hand with something else. */
const inputIn = (text: string): RolloutInput | undefined => {
  const input = JSON.parse(text) as Partial<RolloutInput> | null;
  const complete = input?.service !== undefined && input.spec !== undefined && input.target !== undefined;
  return complete ? (input as RolloutInput) : undefined;
};

/** An execution was stopped, timed out or failed: if it still holds its service, its traffic goes to the safe side. */
export const rescueExecution =
  (portsFor: (input: RolloutInput) => RescuePorts) =>
  async (change: StatusChange): Promise<string> => {
    const { executionArn, status, error, cause, input: text } = change.detail;
    const input = inputIn(text);
    if (input === undefined) return `${executionArn} had no rollout as its input: nothing to rescue`;
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
