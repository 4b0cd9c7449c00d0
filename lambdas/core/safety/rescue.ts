import { isUntouched } from '../claim/claim.ts';
import { lockFor } from '../claim/finish.ts';
import { ErrorName } from '../errors.ts';
import type { Claim, Needs, ServiceRecord } from '../record.ts';
import type { RolloutInput, Side } from '../rollout.ts';
import type { Changed } from '../store.ts';
import type { Failure } from '../tasks.ts';
import { freeUntouched } from './free.ts';
import type { RescuePorts } from './ports.ts';
import { requestOf, restore, undone } from './restore.ts';

/** How an execution ended, as Step Functions tells. */
export interface Ended {
  readonly execution: string;
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
}

/** People are paged again while traffic is not where it should be: a page that nobody answered is not the last one. */
export const PAGE_EVERY_MS = 60 * 60_000;

const WHY: Readonly<Record<string, string>> = {
  ABORTED: 'The execution was stopped',
  TIMED_OUT: 'The execution took longer than its time-out',
  GONE: 'Step Functions knows the execution no more',
};

/** Why an ended execution left its service locked, in words. */
export const whyEnded = ({ status, error = '', cause = '' }: Ended): Failure => ({
  error: error || `Execution.${status}`,
  reason:
    [WHY[status] ?? error, cause].filter((part) => part !== '').join(': ') ||
    `The execution ended as ${status}`,
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

/**
 * Locks a service whose traffic was put on its safe side, and notes that side once more: a late write of the execution
 * may have recorded another one in between.
 */
const lockUndone = (record: ServiceRecord, { execution, safe }: Claim, needs: Needs): Changed<boolean> => {
  const { record: locked, answer } = lockFor(record, execution, { ...needs, since: sinceOf(record, needs) });
  const { claim } = locked;
  return answer && claim ? { record: { ...locked, claim: undone(claim, safe) }, answer } : { record, answer };
};

/** Since when it needs that: a second page begins nothing anew. */
const sinceOf = ({ needs: before }: ServiceRecord, { what, since }: Needs): string =>
  before?.what === what ? before.since : since;

/**
 * Brings the traffic of an execution that ended without doing so itself to its safe side (I1). It acts only for the
 * execution in the lock. While the router refuses, the service stays locked as `needs rescue`; once it has accepted, the
 * service waits for the watchdog to verify again after `LATE_WRITE_MS`.
 */
export const rescue = async (ports: RescuePorts, ended: Ended, claim: Claim, now: string): Promise<void> => {
  const { store, router } = ports;
  const { service } = claim.input;
  const failure = whyEnded(ended);
  if (isUntouched(claim) && (await freeUntouched(ports, claim, failure, now))) return;
  const lock = (needs: Pick<Needs, 'what' | 'paged'>) =>
    store.update(service, (record) => lockUndone(record, claim, { since: now, failure, ...needs }));
  try {
    await restore(store, router, { ...requestOf(claim), execution: ended.execution });
  } catch (error) {
    // A person is paged even where the table cannot tell whether one was.
    const needs = (await store.read(service).catch(() => undefined))?.needs;
    const paged = needs?.what === 'rescue' ? (needs.paged ?? needs.since) : undefined;
    if (paged !== undefined && Date.parse(now) - Date.parse(paged) < PAGE_EVERY_MS) throw error;
    // An execution that gave up on its own has paged already.
    if (paged !== undefined || ended.error !== ErrorName.RestoreFailed) {
      const reason = `${failure.reason}; ${(error as Error).message}`;
      await ports.announce('needsRescue', claim, { error: failure.error, reason });
    }
    await lock({ what: 'rescue', paged: now });
    throw error;
  }
  if (claim.safe === 'canary') {
    await lock({ what: 'person' });
    await ports.announce('promotionFailed', claim, failure);
    return;
  }
  // Its pods stay until the second look: a late write may still send them traffic.
  await lock({ what: 'verify' });
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
