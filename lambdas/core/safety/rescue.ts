import { finishClaim, lockFor } from '../claim/finish.ts';
import { ErrorName } from '../errors.ts';
import type { Executions, TrafficRouter } from '../ports.ts';
import type { Claim, Needs, RolloutSummary, ServiceRecord } from '../record.ts';
import type { RolloutInput, Side } from '../rollout.ts';
import type { RolloutStore } from '../store.ts';
import type { Announcement, Failure } from '../tasks.ts';
import { type RestoreRequest, restore } from './restore.ts';
import { startPending } from './start.ts';

/** What rescue acts through, all of it for one service. */
export interface RescuePorts {
  readonly store: RolloutStore;
  readonly executions: Executions;
  readonly router: TrafficRouter;
  /** Takes the canary's pods away; false when the cluster did not answer, for traffic does not depend on it. */
  readonly retireCanary: (claim: Claim) => Promise<boolean>;
  readonly announce: (announcement: Announcement, claim: Claim, failure: Failure) => Promise<void>;
}

/** How an execution ended, as Step Functions tells. */
export interface Ended {
  readonly execution: string;
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
}

/** The functions that write to a route end after 30 s: a write that was under way when the execution ended has landed by then. */
export const LATE_WRITE_MS = 30_000;

const WHY: Readonly<Record<string, string>> = {
  ABORTED: 'the execution was stopped',
  TIMED_OUT: 'the execution took longer than its time-out',
  GONE: 'Step Functions knows the execution no more',
};

/** Why an ended execution left its service locked, in words. */
export const whyEnded = ({ status, error = '', cause = '' }: Ended): Failure => ({
  error: error || `Execution.${status}`,
  reason:
    WHY[status] ??
    ([error, cause].filter((part) => part !== '').join(': ') || `the execution ended as ${status}`),
});

/** States that decide where traffic goes: the newest one that an execution entered tells. */
const SAFE_FROM: Readonly<Record<string, Side>> = {
  'Take route': 'primary',
  'Record primary as safe': 'primary',
  'Promote primary': 'canary',
};

/** Entered when traffic is on its safe side already: from here on the service may belong to the next rollout. */
const DONE: readonly string[] = [
  'Finish rollout',
  'Finish rollback',
  'Finish failed promotion',
  'Give the claim back',
];

/**
 * The safe side from the states that an execution entered, newest first: for when the table cannot be read. Undefined for
 * one that never held the service or was done with it.
 */
export const safeByHistory = (entered: readonly string[]): Side | undefined =>
  entered.some((name) => DONE.includes(name))
    ? undefined
    : entered.map((name) => SAFE_FROM[name]).find((side) => side !== undefined);

const NOTHING = { requests: 0, failures: 0 };

/** The line of the history for a rollout that could not write it itself. */
const summaryOf = (claim: Claim, reason: string, now: string): RolloutSummary => ({
  service: claim.input.service,
  release: claim.input.release,
  execution: claim.execution,
  outcome: outcomeOf(claim),
  reason,
  startedAt: claim.since,
  endedAt: now,
  canary: NOTHING,
  primary: NOTHING,
});

const requestOf = ({ input, execution, safe, generation }: Claim): RestoreRequest => ({
  service: input.service,
  execution,
  safe,
  ...(generation !== undefined && { generation }),
});

/** Sets a service free whose rollout had written nothing yet. False when it has begun to meanwhile. */
const freeUntouched = async (
  { store, executions, announce }: RescuePorts,
  claim: Claim,
  failure: Failure,
  now: string,
): Promise<boolean> => {
  const { service } = claim.input;
  const free = await store.update(service, (record) =>
    record.claim?.phase === 'Initialized'
      ? finishClaim(record, claim.execution, 'rolledBack', now)
      : { record, answer: false },
  );
  if (!free) return false;
  await store.putSummary(summaryOf(claim, failure.reason, now));
  await announce('rolledBack', claim, failure);
  await startPending(store, executions, service, now);
  return true;
};

/**
 * Brings the traffic of an execution that ended without doing so itself to its safe side (I1). It acts only for the
 * execution in the lock. While the router refuses, the service stays locked as `needs rescue`; once it has accepted, the
 * service waits for the watchdog to verify again after `LATE_WRITE_MS`.
 */
export const rescue = async (ports: RescuePorts, ended: Ended, claim: Claim, now: string): Promise<void> => {
  const { store, router } = ports;
  const { service } = claim.input;
  const failure = whyEnded(ended);
  if (claim.phase === 'Initialized' && (await freeUntouched(ports, claim, failure, now))) return;
  const lock = (what: Needs['what']) =>
    store.update(service, (record) => lockFor(record, ended.execution, { what, since: now, failure }));
  try {
    await restore(store, router, { ...requestOf(claim), execution: ended.execution });
  } catch (error) {
    // A person is paged even where the table cannot tell whether one was; once, where it can.
    const record = await store.read(service).catch(() => undefined);
    if (record?.needs?.what === 'rescue') throw error;
    // An execution that gave up on its own has paged already.
    if (ended.error !== ErrorName.RestoreFailed) {
      const reason = `${failure.reason}; ${(error as Error).message}`;
      await ports.announce('needsRescue', claim, { error: failure.error, reason });
    }
    await lock('rescue');
    throw error;
  }
  if (claim.safe === 'canary') {
    await lock('person');
    await ports.announce('promotionFailed', claim, failure);
    return;
  }
  // Its pods stay until the second look: a late write may still send them traffic.
  await lock('verify');
};

/** Once the primary runs what was proven, nothing undoes the release any more: not a stop, and not a failing announcement. */
export const outcomeOf = ({ phase }: Pick<Claim, 'phase'>): 'promoted' | 'rolledBack' =>
  phase === 'Finalising' ? 'promoted' : 'rolledBack';

/** Verifies once more that traffic is safe, takes the canary's pods, then sets the service free and starts what waits. */
export const verifyAndFree = async (
  ports: RescuePorts,
  record: ServiceRecord,
  claim: Claim,
  now: string,
): Promise<void> => {
  const { store, executions, router } = ports;
  const { service } = claim.input;
  const failure = record.needs?.failure ?? { error: '', reason: '' };
  const outcome = outcomeOf(claim);
  await restore(store, router, requestOf(claim));
  await ports.retireCanary(claim);
  await store.putSummary(summaryOf(claim, failure.reason, now));
  await store.update(service, (current) => finishClaim(current, claim.execution, outcome, now));
  await ports.announce(outcome, claim, failure);
  await startPending(store, executions, service, now);
};

/** A rollout's input without its execution, of a claim whose record could not be read: from the execution's own input. */
export const claimFromInput = (execution: string, input: RolloutInput, safe: Side, now: string): Claim => ({
  execution,
  since: now,
  started: true,
  input,
  phase: 'Progressing',
  safe,
  intent: 0,
});
