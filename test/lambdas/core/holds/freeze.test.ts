import { describe, expect, test } from 'vitest';
import { frozen } from '../../../../lambdas/core/holds/freeze.ts';
import { parseSpec } from '../../../../lambdas/core/spec/parse.ts';
import { spec, writtenSpec } from '../../../fakes/rollouts.ts';

const weekend = {
  days: ['fri', 'sat'],
  from: '16:00',
  until: '24:00',
  timeZone: 'Europe/Berlin',
  reason: 'weekend',
};
const frozenAt = (now: string, ...windows: object[]) =>
  frozen(
    spec((written) => ({ ...written, freeze: windows })),
    {},
    {},
    now,
  );

describe('a window of the spec', () => {
  // 2026-07-31 is a Friday; Berlin is two hours ahead of UTC in summer and one in winter.
  test.each([
    ['2026-07-31T13:59:59Z', false],
    ['2026-07-31T14:00:00Z', true],
    ['2026-07-31T21:59:59Z', true],
    ['2026-07-31T22:00:00Z', false],
    ['2026-08-01T14:00:00Z', true],
    ['2026-08-02T14:00:00Z', false],
    ['2026-12-04T14:30:00Z', false],
    ['2026-12-04T15:00:00Z', true],
  ])('by days and times of its zone: %s frozen %s', (now, expected) => {
    expect(frozenAt(now, weekend) !== undefined).toBe(expected);
  });

  test.each([
    ['2026-12-19T23:59:59Z', false],
    ['2026-12-20T00:00:00Z', true],
    ['2027-01-02T04:59:59Z', true],
    ['2027-01-02T05:00:00Z', false],
  ])('by dates: %s frozen %s', (now, expected) => {
    const year = { from: '2026-12-20', until: '2027-01-02T06:00:00+01:00' };
    expect(frozenAt(now, year) !== undefined).toBe(expected);
  });

  test('says its reason and its end', () => {
    expect(frozenAt('2026-07-31T15:00:00Z', weekend)).toBe(
      'frozen by its spec (weekend), fri, sat 16:00 to 24:00 Europe/Berlin',
    );
  });

  test.each([
    [{ ...weekend, from: '4 pm' }, 'freeze[0].from: must be a time of day, such as "16:00", got "4 pm"'],
    [{ ...weekend, until: '15:00' }, 'freeze[0].until: must be after from (16:00), got "15:00"'],
    [
      { ...weekend, timeZone: 'Berlin' },
      'freeze[0].timeZone: must be a time zone, such as Europe/Berlin, got "Berlin"',
    ],
    [
      { from: '2026-12-20T08:00', until: '2026-12-21' },
      'freeze[0].from: must be a date, or a time with its zone, such as 2026-12-20T08:00:00Z, got "2026-12-20T08:00"',
    ],
  ])('%j is refused', (window, line) => {
    const parsed = parseSpec({ ...writtenSpec(), freeze: [window] });
    expect(parsed).toMatchObject({ ok: false, problems: [line] });
  });
});

describe('a freeze by a person', () => {
  const set = { by: 'ana', at: '2026-01-01T00:00:00Z', reason: 'audit', until: '2026-01-02T00:00:00Z' };

  test('of the service is told before that of all, and holds until its end', () => {
    const all = { freeze: { by: 'bo', at: set.at, reason: '' } };
    expect(frozen(spec(), { freeze: set }, all, '2026-01-01T12:00:00Z')).toBe(
      'frozen by ana (audit), until 2026-01-02T00:00:00Z',
    );
    expect(frozen(spec(), { freeze: set }, all, '2026-01-02T00:00:00Z')).toBe(
      'frozen with all services by bo',
    );
    expect(frozen(spec(), { freeze: set }, {}, '2026-01-02T00:00:00Z')).toBeUndefined();
  });
});
