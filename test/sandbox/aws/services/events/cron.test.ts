import { expect, test } from 'vitest';
import { parseSchedule } from '../../../../../sandbox/aws/services/events/cron.ts';

/** A Saturday. */
const NOW = '2026-11-21T10:07:30Z';

const following = (expression: string, count: number): string[] => {
  const schedule = parseSchedule(expression, Date.parse(NOW));
  const times: string[] = [];
  let at: number | undefined = Date.parse(NOW);
  while (times.length < count && at !== undefined) {
    at = schedule(at);
    if (at !== undefined) times.push(new Date(at).toISOString().slice(0, 16));
  }
  return times;
};

test.each<[string, string[]]>([
  ['rate(1 minute)', ['2026-11-21T10:08', '2026-11-21T10:09']],
  ['rate(5 minutes)', ['2026-11-21T10:12', '2026-11-21T10:17']],
  ['rate(2 hours)', ['2026-11-21T12:07', '2026-11-21T14:07']],
  ['cron(0 12 * * ? *)', ['2026-11-21T12:00', '2026-11-22T12:00']],
  ['cron(0/15 * * * ? *)', ['2026-11-21T10:15', '2026-11-21T10:30', '2026-11-21T10:45', '2026-11-21T11:00']],
  ['cron(15 10 ? * MON-FRI *)', ['2026-11-23T10:15', '2026-11-24T10:15']],
  ['cron(0 8 1 * ? *)', ['2026-12-01T08:00', '2027-01-01T08:00']],
  ['cron(0 9 ? * 2#1 *)', ['2026-12-07T09:00', '2027-01-04T09:00']],
  ['cron(0 9 L * ? *)', ['2026-11-30T09:00', '2026-12-31T09:00']],
  ['cron(0 9 ? * 6L *)', ['2026-11-27T09:00', '2026-12-25T09:00']],
  ['cron(0 9 15W * ? *)', ['2026-12-15T09:00', '2027-01-15T09:00']],
  ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ['cron(0 0 1 JAN,JUL ? 2027)', ['2027-01-01T00:00', '2027-07-01T00:00']],
  ['cron(0 0 ? * FRI-SUN *)', ['2026-11-22T00:00', '2026-11-27T00:00', '2026-11-28T00:00']],
])('%s runs next at %j', (expression, expected) => {
  expect(following(expression, expected.length)).toEqual(expected);
});

test('a year that is over never runs again', () => {
  expect(following('cron(0 0 1 1 ? 2020)', 1)).toEqual([]);
});

test.each([
  ['rate(1 minutes)', /singular/],
  ['rate(5 minute)', /singular/],
  ['rate(0 minutes)', /0 is not allowed/],
  ['cron(0 12 * * *)', /6 fields, got 5/],
  ['cron(0 12 * * MON *)', /must be \?/],
  ['cron(0 25 * * ? *)', /hours must be from 0 to 23, got 25/],
  ['every 5 minutes', /rate\(…\) or cron\(…\)/],
])('%s is refused', (expression, message) => {
  expect(() => parseSchedule(expression, 0)).toThrow(message);
});
