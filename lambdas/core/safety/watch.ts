import { isUntouched } from '../claim/claim.ts';
import { finishClaim, putBack } from '../claim/finish.ts';
import { CanaryError, ErrorName } from '../errors.ts';
import type { Claim, ServiceRecord } from '../record.ts';
import { lookAgain } from './aftercare.ts';
import { verifyAndFree } from './free.ts';
import { UNDOING } from './history.ts';
import { overtaken } from './overtaken.ts';
import { LATE_WRITE_MS, type RescuePorts } from './ports.ts';
import { rescue } from './rescue.ts';
import { allOn } from './restore.ts';
import { startPending, startReserved } from './start.ts';

/** A start that was reserved this long ago and fails still is put back behind a newer request, if one waits. */
const LOST_START_MS = 10 * 60_000;
const ALIVE = ['RUNNING', 'PENDING_REDRIVE'];

const elapsed = (since: string, now: string): number => Date.parse(now) - Date.parse(since);

/** Whether it restores its traffic itself: with the table away, its record still has the weight of before. */
const isBeingUndone = async (
  executions: RescuePorts['executions'],
  { execution }: Claim,
): Promise<boolean> => {
  const entered = await executions.statesEntered(execution);
  return entered.some((name) => UNDOING.includes(name));
};

/** The execution runs: what the router has is what it wants, whoever wrote in between. */
const reassert = async ({ store, router, executions }: RescuePorts, claim: Claim): Promise<string> => {
  const { service } = claim.input;
  const wanted = { primary: 100 - claim.intent, canary: claim.intent };
  if (isUntouched(claim) || (await router.verify(wanted))) return 'runs';
  const { claim: current } = await store.read(service);
  if (current?.execution !== claim.execution || current.intent !== claim.intent) return 'runs';
  if (await isBeingUndone(executions, claim))
    return 'runs; it is being undone, and could not write that down';
  await router.shift(wanted);
  return (
    (await overtaken(store, router, service, claim)) ??
    `runs; its route was set back to ${claim.intent} % on the canary`
  );
};

/**
 * The primary is being mended: the canary keeps all traffic until it has none. A person who gives all of it back to the
 * primary has mended it; anything between the two is a late write, or a mistake.
 */
const holdCanary = async ({ store, router }: RescuePorts, claim: Claim): Promise<string> => {
  const { service } = claim.input;
  if (await router.hasAll('canary')) return 'waits for a person';
  if (await router.hasAll('primary')) return 'waits for a person, who has given all traffic to the primary';
  await router.restore(allOn('canary'));
  return (
    // The person may have mended the primary, and set the service free, just then.
    (await overtaken(store, router, service, { ...claim, intent: allOn('canary').canary })) ??
    'waits for a person; its route was set back to 100 % on the canary'
  );
};

/** Reserved, but never seen to run: the same name and input start it once. A start that keeps failing is not lost: it waits. */
const startAgain = async ({ store, executions }: RescuePorts, claim: Claim, now: string): Promise<string> => {
  const { service } = claim.input;
  const name = claim.execution.split(':').at(-1) ?? '';
  try {
    await startReserved(store, executions, { kind: 'start', name, input: claim.input }, now);
    return 'started again';
  } catch (error) {
    if (elapsed(claim.since, now) <= LOST_START_MS) throw error;
    await store.update(service, (record) => putBack(record, claim.execution));
    throw new CanaryError(
      ErrorName.Transient,
      `${service}: ${name} could not be started since ${claim.since}; it waits again: ${(error as Error).message}`,
      { cause: error },
    );
  }
};

/**
 * One look at one service, each minute: is the holder of its lock alive, is its traffic as wanted, does a request wait?
 * Liveness is what Step Functions says of the execution in the lock. Returns what was found, in a few words.
 */
export const watchService = async (
  ports: RescuePorts,
  record: ServiceRecord,
  now: string,
): Promise<string> => {
  const { claim, needs } = record;
  if (claim === undefined) {
    const next = await startPending(ports.store, ports.executions, record.service, now);
    return next === undefined ? lookAgain(ports, record, now) : `started ${next}, which waited`;
  }
  if (needs?.what === 'person') return holdCanary(ports, claim);
  if (needs?.what === 'verify') {
    if (elapsed(needs.since, now) < LATE_WRITE_MS) return 'restored; verified again soon';
    await verifyAndFree(ports, record, claim, now);
    return 'restored, verified and free';
  }
  const found = await ports.executions.status(claim.execution);
  if (found === undefined && !claim.started) return startAgain(ports, claim, now);
  // Step Functions forgets an execution 90 days after its end, or with its machine: it has ended, and holds the lock no more.
  const execution = found ?? { status: 'GONE' };
  if (ALIVE.includes(execution.status)) return claim.started ? reassert(ports, claim) : 'starts';
  if (!claim.started && execution.status === 'SUCCEEDED') {
    // An execution that held this claim would have come by: this one is of an older claim by the same name.
    await ports.store.update(record.service, (current) => putBack(current, claim.execution));
    const next = await startPending(ports.store, ports.executions, record.service, now);
    return next === undefined ? 'its start was lost; the service is free' : `started ${next} instead`;
  }
  if (execution.status === 'SUCCEEDED') {
    await ports.store.update(record.service, (current) =>
      finishClaim(current, claim.execution, 'promoted', now),
    );
    await startPending(ports.store, ports.executions, record.service, now);
    return 'was promoted and is free';
  }
  await rescue(ports, { execution: claim.execution, ...execution }, claim, now);
  return `was rescued after ${execution.status}`;
};
