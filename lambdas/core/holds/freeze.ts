import type { ServiceRecord } from '../record.ts';
import type { FreezeWindow } from '../spec/freeze.ts';
import type { RolloutSpec } from '../spec/schema.ts';

/** The record that holds the freeze of all services of an engine; no service can be called so. */
export const ALL_SERVICES = '*';

/** A freeze that somebody has set. */
export interface Freeze {
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
  /** ISO 8601: it ends by itself then. */
  readonly until?: string;
}

/** `Fri 16:30` there and then. */
const localClock = (timeZone: string, now: string): { day: string; clock: string } => {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(now));
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return { day: part('weekday').toLowerCase(), clock: `${part('hour')}:${part('minute')}` };
};

const holds = ({ days, from, until, timeZone }: FreezeWindow, now: string): boolean => {
  if (days === undefined) return Date.parse(from) <= Date.parse(now) && Date.parse(now) < Date.parse(until);
  const { day, clock } = localClock(timeZone, now);
  return days.some((each) => each === day) && from <= clock && clock < until;
};

/** Whether a freeze that somebody set still holds. */
export const isFrozen = (freeze: Freeze | undefined, now: string): freeze is Freeze =>
  freeze !== undefined && (freeze.until === undefined || Date.parse(now) < Date.parse(freeze.until));

const inWords = ({ by, reason, until }: Freeze, what: string): string =>
  `${what} by ${by}${reason === '' ? '' : ` (${reason})`}${until === undefined ? '' : `, until ${until}`}`;

/** The freeze that a person has set, of this service or of all, in words; undefined when none holds. */
export const freezeOf = (
  record: Pick<ServiceRecord, 'freeze'>,
  all: Pick<ServiceRecord, 'freeze'>,
  now: string,
): string | undefined => {
  if (isFrozen(record.freeze, now)) return inWords(record.freeze, 'frozen');
  return isFrozen(all.freeze, now) ? inWords(all.freeze, 'frozen with all services') : undefined;
};

/**
 * What keeps a service from changing now, in words that follow "it is": the freeze of this service, that of all, or a
 * window of its spec. Undefined when nothing does.
 * @param all the record of all services
 */
export const frozen = (
  spec: Pick<RolloutSpec, 'freeze'>,
  record: Pick<ServiceRecord, 'freeze'>,
  all: Pick<ServiceRecord, 'freeze'>,
  now: string,
): string | undefined => {
  const byPerson = freezeOf(record, all, now);
  if (byPerson !== undefined) return byPerson;
  const window = spec.freeze.find((each) => holds(each, now));
  if (window === undefined) return undefined;
  const { days, from, until, timeZone, reason } = window;
  const when = days === undefined ? `until ${until}` : `${days.join(', ')} ${from} to ${until} ${timeZone}`;
  return `frozen by its spec (${reason}), ${when}`;
};
