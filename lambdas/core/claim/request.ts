import type { ServiceRecord } from '../record.ts';
import type { Release, RolloutInput } from '../rollout.ts';
import type { Changed } from '../store.ts';
import { isKnown } from './revision.ts';

/** What becomes of a request to release: an execution to start, a place in the queue, nothing to do, or a mistake to mend. */
export type RequestAnswer =
  | { readonly kind: 'start'; readonly name: string; readonly input: RolloutInput }
  | { readonly kind: 'queued'; readonly reason: string }
  | { readonly kind: 'skipped'; readonly reason: string }
  /** The caller's mistake. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What the caller knows beside the request. */
export interface RequestContext {
  /** ARN of an execution by its name. */
  readonly executionArn: (name: string) => string;
  /** Asked for by a person: the same revision may run again. */
  readonly retry: boolean;
  readonly now: string;
  /** The revision that the primary runs, for a record that does not say. */
  readonly runs?: string;
}

const DIGEST_CHARACTERS = 8;
/** Step Functions keeps the names of executions for 90 days (API reference, StartExecution). */
const NAME_KEPT_MS = 90 * 24 * 60 * 60_000;
/** An item has up to 400 KB; a name that was forgotten for this is found taken when it is started. */
const MOST_ATTEMPTS = 1000;

const digest8 = (release: Pick<Release, 'digest'>): string =>
  release.digest.replace('sha256:', '').slice(0, DIGEST_CHARACTERS);

/** Execution names have up to 80 characters, and none of the ones that Step Functions refuses (service quotas). */
const NAME_CHARACTERS = 80;

/**
 * The name by which people find an execution: service, tag, digest, target, attempt. One machine may serve several
 * targets, so the target is part of it; a long tag is cut to what is left (service and target have up to 30 characters).
 */
export const executionName = (
  service: string,
  release: Pick<Release, 'tag' | 'digest' | 'attempt'>,
): string => {
  const [name = '', target = ''] = service.split('@');
  const fixed = [digest8(release), target, String(release.attempt)].join('-');
  const tag = release.tag.slice(0, NAME_CHARACTERS - name.length - fixed.length - 2);
  return [name, tag, fixed].join('-');
};

const skip = (record: ServiceRecord, reason: string): Changed<RequestAnswer> => ({
  record,
  answer: { kind: 'skipped', reason },
});

const attemptOf = (
  record: ServiceRecord,
  release: Release,
  now: string,
): { attempt: number; attempts: NonNullable<ServiceRecord['attempts']> } => {
  const key = `${release.tag} ${digest8(release)}`;
  const count = (record.attempts?.[key]?.count ?? 0) + 1;
  const others = Object.entries(record.attempts ?? {}).filter(
    ([other, { at }]) => other !== key && Date.parse(now) - Date.parse(at) < NAME_KEPT_MS,
  );
  return {
    attempt: count,
    attempts: Object.fromEntries([...others.slice(1 - MOST_ATTEMPTS), [key, { count, at: now }]]),
  };
};

const reserve = (
  record: ServiceRecord,
  input: RolloutInput,
  context: RequestContext,
): Changed<RequestAnswer> => {
  const { attempt, attempts } = attemptOf(record, input.release, context.now);
  const numbered: RolloutInput = { ...input, release: { ...input.release, attempt } };
  const name = executionName(input.service, numbered.release);
  const { pending: _, ...rest } = record;
  const claim = {
    execution: context.executionArn(name),
    since: context.now,
    started: false,
    input: numbered,
    phase: 'Initialized',
    safe: 'primary',
    intent: 0,
  } as const;
  return { record: { ...rest, attempts, claim }, answer: { kind: 'start', name, input: numbered } };
};

/**
 * Takes in a request (I3): the same revision starts once, however often and in whatever order its events arrive; an
 * older one than the newest known starts nothing; while another rollout runs, the newest waits in `pending`.
 */
export const requestRollout = (
  record: ServiceRecord,
  input: RolloutInput,
  context: RequestContext,
): Changed<RequestAnswer> => {
  const { release } = input;
  const { last, claim } = record;
  if (!context.retry && last !== undefined) {
    if (isKnown(last.revision, release.revision)) {
      // The start may have been lost after its claim was reserved: the same name and input start it once all the same.
      if (claim !== undefined && !claim.started && claim.input.release.revision === release.revision) {
        return {
          record,
          answer: { kind: 'start', name: claim.execution.split(':').at(-1) ?? '', input: claim.input },
        };
      }
      return skip(record, `${release.tag} was taken in already, at ${last.requestedAt}`);
    }
    if (last.requestedAt > release.requestedAt) {
      return skip(
        record,
        `${release.tag} of ${release.requestedAt} is older than ${last.tag} of ${last.requestedAt}`,
      );
    }
  }
  const noted: ServiceRecord = {
    ...record,
    last: { revision: release.revision, requestedAt: release.requestedAt, tag: release.tag },
  };
  const runs = claim === undefined ? (record.running?.revision ?? context.runs) : undefined;
  // Noted all the same: it came between, so the one of before may run again.
  if (!context.retry && isKnown(runs, release.revision))
    return skip(noted, `the primary runs ${release.tag} already`);
  if (claim === undefined) return reserve(noted, input, context);
  const reason = `${claim.execution.split(':').at(-1)} holds ${record.service}; ${release.tag} waits for it`;
  return { record: { ...noted, pending: input }, answer: { kind: 'queued', reason } };
};

/** Turns the waiting request, if any, into the next claim. Only for a record without a claim. */
export const takePending = (
  record: ServiceRecord,
  context: Omit<RequestContext, 'retry' | 'runs'>,
): Changed<(RequestAnswer & { kind: 'start' }) | undefined> => {
  const { pending } = record;
  if (pending === undefined || record.claim !== undefined) return { record, answer: undefined };
  if (isKnown(record.running?.revision, pending.release.revision)) {
    const { pending: _, ...rest } = record;
    return { record: rest, answer: undefined };
  }
  const { record: next, answer } = reserve(record, pending, { ...context, retry: false });
  return { record: next, answer: answer.kind === 'start' ? answer : undefined };
};
