/** Bad requests of both versions in one tick. Counts, so whole numbers of 0 or more, `bad` at most `requests`. */
export interface PairedCounts {
  readonly canary: SideCounts;
  readonly primary: SideCounts;
}

export interface SideCounts {
  readonly requests: number;
  readonly bad: number;
}

/** More requests than any service has in a tick: beyond it a number is no count but a fault of its source. */
const MOST_REQUESTS = 1e12;

/** Whether the numbers can be what was counted. */
export const isCount = ({ requests, bad }: SideCounts): boolean =>
  Number.isFinite(requests) &&
  Number.isFinite(bad) &&
  requests >= 0 &&
  requests <= MOST_REQUESTS &&
  bad >= 0 &&
  bad <= requests;

/**
 * The counts that a tick may learn from: undefined where one is missing, is no number, is negative, or has more bad
 * requests than requests. Such a tick teaches nothing: its e-value is 1.
 */
export const usable = (counts: PairedCounts | undefined): PairedCounts | undefined =>
  counts !== undefined && isCount(counts.canary) && isCount(counts.primary) ? counts : undefined;

/** The rate of bad requests, 0 where there were none at all. */
export const rate = ({ requests, bad }: SideCounts): number => (requests > 0 ? bad / requests : 0);

/** A counter that starts again gives at most this many times what is expected; more is not believed. */
const MOST_AFTER_RESET = 3;

/** What a counter that began again, or that is new, rose by: all that it shows, where that can be; else undefined. */
export const riseFromZero = (now: number, expected: number): number | undefined =>
  now >= 0 && now <= expected * MOST_AFTER_RESET ? now : undefined;

/**
 * The rise of a counter between two readings. After a reset (the counter fell) the new reading is the rise, where it is
 * at most three times what was expected; else undefined: the tick is dropped.
 */
export const counterRise = (before: number, now: number, expected: number): number | undefined => {
  if (!Number.isFinite(before) || !Number.isFinite(now) || now < 0) return undefined;
  return now >= before ? now - before : riseFromZero(now, expected);
};

/** Only a tick in which both versions had requests compares them. */
export const comparable = (counts: PairedCounts | undefined): PairedCounts | undefined => {
  const valid = usable(counts);
  return valid !== undefined && valid.canary.requests > 0 && valid.primary.requests > 0 ? valid : undefined;
};
