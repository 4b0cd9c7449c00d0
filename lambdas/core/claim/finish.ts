import type { Needs, ServiceRecord } from '../record.ts';
import type { Outcome } from '../rollout.ts';
import type { Changed } from '../store.ts';
import { isUntouched } from './claim.ts';

/**
 * Sets the service free. Nothing to do when the execution holds it no more: finishing twice is finishing once. What may
 * have written something is remembered, for a write that is under way now lands later.
 */
export const finishClaim = (
  record: ServiceRecord,
  execution: string,
  outcome: Outcome,
  now: string,
): Changed<boolean> => {
  const { claim, needs: _needs, approval: _approval, command: _command, ...rest } = record;
  if (claim?.execution !== execution) return { record, answer: false };
  const { release } = claim.input;
  const running =
    outcome === 'promoted' && claim.started
      ? { running: { revision: release.revision, tag: release.tag, at: now } }
      : {};
  const freed = isUntouched(claim) ? {} : { freed: { at: now, claim, left: ['route', 'canary'] as const } };
  return { record: { ...rest, ...running, ...freed }, answer: true };
};

/** Takes back a claim whose execution never came by: its request waits again, unless a newer one does. */
export const putBack = (record: ServiceRecord, execution: string): Changed<boolean> => {
  const { claim, ...rest } = record;
  if (claim?.execution !== execution || claim.started) return { record, answer: false };
  return { record: { ...rest, pending: record.pending ?? claim.input }, answer: true };
};

/** Keeps the service locked, and says what for. */
export const lockFor = (record: ServiceRecord, execution: string, needs: Needs): Changed<boolean> =>
  record.claim?.execution === execution
    ? { record: { ...record, needs }, answer: true }
    : { record, answer: false };
