import { describe, expect, it } from 'vitest';
import {
  evidenceWindow,
  firstWholePeriod,
  iso,
  waitAfterShift,
  waitForNext,
  waitForTick,
} from '../../../../lambdas/core/judge/cadence.ts';
import { freshState } from '../../../../lambdas/core/judge/take-in.ts';
import { exampleSpec } from '../example-spec.ts';
import { minute } from './walk.ts';

describe('waiting', () => {
  const plain = exampleSpec();
  const settling = exampleSpec({ settle: 60, delay: 120 });

  it.each([
    ['a full period after a shift on the minute', plain, 0, 0, 60],
    ['to the next minute when a tick is late', plain, 0, 1.05, 57],
    ['a second at least, at the end of a minute', plain, 0, 1.9999, 1],
    ['an interval at most, however long settling and delay are', settling, 0, 0, 60],
    ['to the moment at which a period can be read', settling, 0.5, 0.5, 30],
  ])('is %s', (_what, spec, shifted, now, seconds) => {
    expect(waitAfterShift(spec, minute(shifted), minute(now))).toBe(seconds);
    expect(waitForNext(spec, { shiftedAt: minute(shifted) }, minute(now))).toBe(seconds);
  });

  it('keeps an interval of several periods, but comes earlier for the first that can prove', () => {
    const spec = exampleSpec({ analysis: { interval: '5m', deadline: '60m' } });
    expect(waitAfterShift(spec, minute(0), minute(0))).toBe(60);
    expect(waitAfterShift(spec, minute(0), minute(1))).toBe(300);
  });

  it('waits an interval that is no multiple of the period', () => {
    const spec = exampleSpec({ analysis: { interval: '90s' } });
    expect(waitForNext(spec, { shiftedAt: minute(0) }, minute(7.3))).toBe(90);
  });
});

describe('the first share on a tick', () => {
  const at = (seconds: number) => new Date(Date.parse(minute(0)) + seconds * 1000).toISOString();

  it.each([
    [0, 0, 0],
    [2, 0, 0],
    [3, 0, 57],
    [59.5, 0, 1],
    [20, 30, 10],
    [30, 30, 0],
    [31, 90, 0],
  ])('%s s after a period began, with %s s to settle, waits %s s', (seconds, settle, wait) => {
    expect(waitForTick(exampleSpec({ settle }), at(seconds))).toBe(wait);
  });
});

describe('evidence', () => {
  const spec = exampleSpec({ settle: 60, delay: 120 });

  it('proves from the first period that begins after settling', () => {
    expect(iso(firstWholePeriod(spec, minute(0)))).toBe(minute(1));
    expect(iso(firstWholePeriod(spec, minute(0.01)))).toBe(minute(2));
  });

  it('is asked for from the period of the first shift, then from what was taken in last, up to what is due', () => {
    expect(evidenceWindow(spec, null, minute(0.5), minute(6.2))).toEqual({
      from: new Date(minute(0)),
      to: new Date(minute(4)),
    });
    const state = { ...freshState(spec, minute(0.5)), takenUntil: minute(3) };
    expect(evidenceWindow(spec, state, minute(2.5), minute(6.2)).from).toEqual(new Date(minute(3)));
  });

  it('is an empty span while nothing is due', () => {
    const { from, to } = evidenceWindow(spec, null, minute(0.5), minute(0.6));
    expect(to).toEqual(from);
  });
});
