import { isUntouched } from '../claim/claim.ts';
import { ErrorName } from '../errors.ts';
import type { Claim } from '../record.ts';
import type { RolloutInput, Side } from '../rollout.ts';
import type { Failure } from '../tasks.ts';
import { freeUntouched } from './free.ts';
import { decideSide, notePage, noteSafe } from './lock.ts';
import type { RescuePorts } from './ports.ts';
import { restoreRoute } from './restore.ts';

/** How an execution ended, as Step Functions tells. */
export interface Ended {
  readonly execution: string;
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
}

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

/**
 * Brings the traffic of an execution that ended without doing so itself to its safe side (I1). It acts only for the
 * execution in the lock. While the router refuses, the service stays locked as `needs rescue`; once it has accepted, the
 * service waits for the watchdog to verify again after `LATE_WRITE_MS`.
 */
export const rescue = async (ports: RescuePorts, ended: Ended, claim: Claim, now: string): Promise<void> => {
  const { store, router } = ports;
  const { service } = claim.input;
  const { execution } = ended;
  const failure = whyEnded(ended);
  if (isUntouched(claim) && (await freeUntouched(ports, claim, failure, now))) return;
  const reason = { failure, now, paged: ended.error === ErrorName.RestoreFailed };
  // Without the table, or with one that lost the record: by what the caller knows.
  const decided = await store
    .update(service, (record) =>
      record.generation === 0 ? { record, answer: claim } : decideSide(record, execution, reason),
    )
    .catch(() => claim);
  if (decided === undefined) return;
  try {
    await restoreRoute(router, { service, safe: decided.safe });
  } catch (error) {
    // A person is paged even where the table cannot tell whether one was.
    const due = await store.update(service, (record) => notePage(record, execution, now)).catch(() => true);
    const both = `${failure.reason}; ${(error as Error).message}`;
    if (due) await ports.announce('needsRescue', decided, { error: failure.error, reason: both });
    throw error;
  }
  // Its pods stay until the second look: a late write may still send them traffic.
  const what = decided.safe === 'canary' ? 'person' : 'verify';
  const first = await store.update(service, (record) => noteSafe(record, execution, what, reason));
  if (first && what === 'person') await ports.announce('promotionFailed', decided, failure);
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
