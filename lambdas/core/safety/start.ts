import { putBack } from '../claim/finish.ts';
import { type RequestAnswer, type RequestContext, requestRollout, takePending } from '../claim/request.ts';
import { CanaryError, ErrorName } from '../errors.ts';
import type { Executions } from '../ports.ts';
import type { ServiceRecord } from '../record.ts';
import type { RolloutInput } from '../rollout.ts';
import type { RolloutStore } from '../store.ts';

/** Each number is written down before it is tried: whoever tries again goes on from there. */
const NAMES_IN_A_ROW = 10;

type Start = RequestAnswer & { readonly kind: 'start' };

/**
 * Starts what was reserved. Where its name belongs to an execution of long ago, the request is reserved again with the
 * next attempt's number. Undefined where there is nothing to start any more.
 */
export const startReserved = async (
  store: RolloutStore,
  executions: Executions,
  reserved: Start,
  now: string,
): Promise<Start | undefined> => {
  const { service } = reserved.input;
  const context = { now, executionArn: (name: string) => executions.arnOf(name) };
  let next: Start | undefined = reserved;
  for (let tries = 0; tries < NAMES_IN_A_ROW && next !== undefined; tries++) {
    const { name, input }: Start = next;
    if (await executions.start(name, input)) return next;
    next = await store.update(service, (record) => {
      const { record: free, answer } = putBack(record, executions.arnOf(name));
      return answer ? takePending(free, context) : { record, answer: undefined };
    });
  }
  if (next === undefined) return undefined;
  throw new CanaryError(
    ErrorName.Transient,
    `${service}: ${NAMES_IN_A_ROW} execution names in a row are taken; ${next.name} is tried next`,
  );
};

/**
 * Takes in a request and starts its execution where one is due. Reserved first, started second: a start that was lost in
 * between is made good by the same event coming again, or by the watchdog.
 */
export const startRequested = async (
  store: RolloutStore,
  executions: Executions,
  input: RolloutInput,
  context: Pick<RequestContext, 'retry' | 'now' | 'runs'>,
): Promise<RequestAnswer> => {
  const answer = await store.update(input.service, (record) =>
    requestRollout(record, input, { ...context, executionArn: (name) => executions.arnOf(name) }),
  );
  if (answer.kind !== 'start') return answer;
  const started = await startReserved(store, executions, answer, context.now);
  return started ?? { kind: 'skipped', reason: `${answer.name} has come and gone` };
};

/** A claim that was reserved and whose start nobody has seen: the same name and input start it once. */
const reservedIn = ({ claim }: ServiceRecord): Start | undefined =>
  claim === undefined || claim.started
    ? undefined
    : { kind: 'start', name: claim.execution.split(':').at(-1) ?? '', input: claim.input };

/**
 * Starts the request that waits for a free service, if one does; or one that was reserved already, when the answer to
 * that got lost. Returns its execution's name.
 */
export const startPending = async (
  store: RolloutStore,
  executions: Executions,
  service: string,
  now: string,
): Promise<string | undefined> => {
  const answer = await store.update(service, (record) =>
    record.claim === undefined
      ? takePending(record, { now, executionArn: (name) => executions.arnOf(name) })
      : { record, answer: reservedIn(record) },
  );
  return answer && (await startReserved(store, executions, answer, now))?.name;
};
