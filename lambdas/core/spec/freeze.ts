import * as z from 'zod';

/** ISO weekdays, Monday first, as `Intl` says them in English, in lower case. */
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};
const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text) &&
  !Number.isNaN(Date.parse(text));

const window = z
  .strictObject({
    /** With days: clock times of each of them. Without: two dates or times, ISO 8601. */
    days: z.array(z.enum(DAYS)).min(1, 'must have at least one day').optional(),
    from: z.string(),
    until: z.string(),
    timeZone: z.string().refine(isTimeZone, 'must be a time zone, such as Europe/Berlin').default('UTC'),
    reason: z.string().max(200, 'must have at most 200 characters').default('a freeze of the spec'),
  })
  .superRefine(({ days, from, until }, context) => {
    const weekly = days !== undefined;
    const refuse = (path: 'from' | 'until', message: string, input: string) =>
      context.addIssue({ code: 'custom', path: [path], message, input });
    const right = weekly ? (text: string) => CLOCK.test(text) : isTime;
    const wanted = weekly
      ? 'must be a time of day, such as "16:00"'
      : 'must be a date, or a time with its zone, such as 2026-12-20T08:00:00Z';
    if (!right(from)) refuse('from', wanted, from);
    if (!right(until)) refuse('until', wanted, until);
    const order = weekly ? from < until : Date.parse(from) < Date.parse(until);
    if (right(from) && right(until) && !order) refuse('until', `must be after from (${from})`, until);
  });

/** A time in which nothing new begins and no weight rises. */
export type FreezeWindow = z.output<typeof window>;

/** The freezes of a spec. */
export const freeze = () => z.array(window).default([]);
