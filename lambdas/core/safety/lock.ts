import type { Claim, Needs, ServiceRecord } from '../record.ts';
import type { Changed } from '../store.ts';
import type { Failure } from '../tasks.ts';
import { undone } from './restore.ts';

/** People are paged again while traffic is not where it should be: a page that nobody answered is not the last one. */
export const PAGE_EVERY_MS = 60 * 60_000;

/** Why a service is locked, and since when. */
interface Reason {
  readonly failure: Failure;
  /** ISO 8601. */
  readonly now: string;
  /** Whether people were paged already: by the execution itself, before it gave up. */
  readonly paged?: boolean;
}

/**
 * Decides, once, to which side the traffic of an execution goes that ended without seeing to it: the first of rescue and
 * watchdog locks the service and writes the side down; whoever comes beside or after goes by that. A late write of the
 * execution comes before this, and decides with it, or is fenced off. Undefined when nothing is left to do.
 */
export const decideSide = (
  record: ServiceRecord,
  execution: string,
  { failure, now, paged = false }: Reason,
): Changed<Claim | undefined> => {
  const { claim, needs } = record;
  if (claim?.execution !== execution) return { record, answer: undefined };
  if (needs !== undefined) return { record, answer: needs.what === 'rescue' ? claim : undefined };
  const decided = undone(claim, claim.safe);
  const locked: Needs = { what: 'rescue', since: now, failure, ...(paged && { paged: now }) };
  return { record: { ...record, claim: decided, needs: locked }, answer: decided };
};

/** Notes a page, and tells whether it is due: to the first who asks, and then once an hour. */
export const notePage = (record: ServiceRecord, execution: string, now: string): Changed<boolean> => {
  const { claim, needs } = record;
  if (claim?.execution !== execution || needs?.what !== 'rescue') return { record, answer: false };
  const { paged } = needs;
  if (paged !== undefined && Date.parse(now) - Date.parse(paged) < PAGE_EVERY_MS)
    return { record, answer: false };
  return { record: { ...record, needs: { ...needs, paged: now } }, answer: true };
};

/** What a service waits for once its traffic is safe. Tells whether this was the first to say so. */
export const noteSafe = (
  record: ServiceRecord,
  execution: string,
  what: 'verify' | 'person',
  { failure, now }: Reason,
): Changed<boolean> => {
  const { claim, needs } = record;
  if (claim?.execution !== execution || needs?.what === what) return { record, answer: false };
  return { record: { ...record, needs: { what, since: now, failure } }, answer: true };
};
