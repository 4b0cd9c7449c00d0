import { isUntouched } from '../claim/claim.ts';
import { finishClaim } from '../claim/finish.ts';
import type { Claim, RolloutSummary, ServiceRecord } from '../record.ts';
import type { Changed } from '../store.ts';
import type { Failure } from '../tasks.ts';
import type { RescuePorts } from './ports.ts';
import { requestOf, restore } from './restore.ts';
import { startPending } from './start.ts';

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

/** Sets a service free whose rollout had written nothing yet. False when it has begun to meanwhile. */
export const freeUntouched = async (
  { store, executions, announce }: RescuePorts,
  claim: Claim,
  failure: Failure,
  now: string,
): Promise<boolean> => {
  const { service } = claim.input;
  const free = await store.update(service, (record) =>
    record.claim !== undefined && isUntouched(record.claim)
      ? finishClaim(record, claim.execution, 'rolledBack', now)
      : { record, answer: false },
  );
  if (!free) return false;
  await store.putSummary(summaryOf(claim, failure.reason, now));
  await announce('rolledBack', claim, failure);
  await startPending(store, executions, service, now);
  return true;
};

/** Once the primary runs what was proven, nothing undoes the release any more: not a stop, and not a failing announcement. */
export const outcomeOf = ({ phase }: Pick<Claim, 'phase'>): 'promoted' | 'rolledBack' =>
  phase === 'Finalising' ? 'promoted' : 'rolledBack';

/** Whoever comes again because the rest failed does not tell again. */
const noteTold = (record: ServiceRecord, execution: string): Changed<void> => ({
  record:
    record.claim?.execution === execution && record.needs !== undefined
      ? { ...record, needs: { ...record.needs, told: true } }
      : record,
  answer: undefined,
});

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
  if (record.needs?.told !== true) {
    await ports.announce(outcome, claim, failure);
    await store.update(service, (current) => noteTold(current, claim.execution));
  }
  await store.update(service, (current) => finishClaim(current, claim.execution, outcome, now));
  await startPending(store, executions, service, now);
};
