import { describe, expect, it } from 'vitest';
import { exampleSpec } from '../example-spec.ts';
import { canaryCounts, minute, period, tick } from './walk.ts';

describe('what raises the weight (I2)', () => {
  it('says in one sentence what was seen and what comes next', () => {
    const { say } = tick({ periods: [period(0, canaryCounts(300, 1), 5700)], weight: 10 });
    expect(say).toBe('10 %: 99.7 % of 300 canary requests succeeded (primary 99.9 % of 5,700); next 20 %.');
  });

  it('is a period that began before the weight had settled never, however good it was', () => {
    const spec = exampleSpec({ settle: 30 });
    const first = tick({ spec, periods: [period(0, canaryCounts(300))], now: minute(1) });
    expect(first).toMatchObject({ decision: 'hold', analysis: { passedChecks: 0, failedChecks: 0 } });
    expect(first.say).toContain('waiting for a whole period at this weight');
    const next = tick({
      spec,
      analysis: first.analysis,
      periods: [period(1, canaryCounts(300))],
      now: minute(2),
    });
    expect(next.decision).toBe('advance');
  });

  it('counts a failing period from before the shift against the canary all the same', () => {
    const before = tick({ periods: [period(0, canaryCounts(300))] });
    const { analysis, decision } = tick({
      analysis: before.analysis,
      periods: [period(1, canaryCounts(300, 30))],
      shiftedAt: minute(1.5),
      now: minute(2),
      weight: 20,
    });
    expect(decision).toBe('hold');
    expect(analysis.failedChecks).toBe(1);
  });

  it('takes each period once, whatever is read again', () => {
    const periods = [period(0, canaryCounts(300, 30))];
    const first = tick({ periods });
    const again = tick({ periods, analysis: first.analysis, now: minute(2) });
    expect(again.analysis).toMatchObject({ failedChecks: 1, canary: { requests: 300, failures: 30 } });
  });

  it('leaves a period alone until the delay of its source has passed', () => {
    const spec = exampleSpec({ delay: 120 });
    const periods = [period(0, canaryCounts(300, 30))];
    expect(tick({ spec, periods, now: minute(2.9) }).analysis.failedChecks).toBe(0);
    expect(tick({ spec, periods, now: minute(3) }).analysis.failedChecks).toBe(1);
  });

  it('takes late periods in when they come: nothing moves on without them', () => {
    const empty = tick({ periods: [period(0)], now: minute(1) });
    const late = tick({
      analysis: empty.analysis,
      periods: [period(0, canaryCounts(600, 60)), period(1, canaryCounts(600, 60))],
      now: minute(2),
    });
    expect(late.analysis.failedChecks).toBe(2);
  });

  it('tells of the newest failures only when hours come at once, and stays under 1 KB', () => {
    const periods = Array.from({ length: 90 }, (_, n) => period(n, canaryCounts(600, 60)));
    const { analysis, ...rest } = tick({ periods, now: minute(90) });
    expect(analysis.failedChecks).toBe(90);
    expect(Buffer.byteLength(JSON.stringify(rest))).toBeLessThan(1024);
  });

  it('tells metrics that are missing from a canary that is not reached', () => {
    expect(tick({}).say).toBe(
      '10 %: no requests in the metrics of either version, though they are due; waiting.',
    );
    expect(tick({ periods: [period(0)] }).say).toBe(
      '10 %: no canary requests, though the primary had 6,000: the route may not reach the canary; waiting.',
    );
  });

  it('tells of a period without data once, and of no period that is not due', () => {
    const early = tick({ spec: exampleSpec({ delay: 120 }), now: minute(2) });
    expect(early.events).toEqual([]);
    const due = tick({ now: minute(1) });
    expect(due.events).toHaveLength(1);
    expect(tick({ analysis: due.analysis, now: minute(1.5) }).events).toEqual([]);
  });

  it('is not latency that nobody measured: the check is inconclusive', () => {
    const { decision, say, events } = tick({ periods: [period(0, { requests: 300, failures: 0 })] });
    expect(decision).toBe('hold');
    expect(say).toContain('no data of request-duration, so this proves nothing');
    expect(events[0]?.text).toBe(
      'Halt advancement no values found for appmesh metric request-duration probably podinfo.test is not receiving traffic',
    );
  });

  it('is a newest check that passed: an older pass does not cover a later failure', () => {
    const periods = [period(0, canaryCounts(300)), period(1, canaryCounts(300, 30))];
    expect(tick({ periods, now: minute(2) }).decision).toBe('hold');
  });
});

describe('latency', () => {
  const spec = exampleSpec();
  const percentiles = (value: number) => ({
    requests: 600,
    failures: 0,
    timed: 600,
    percentiles: { '99': value },
  });

  it('is compared by its percentile where there are no counts, labelled with whose it is', () => {
    const failed = tick({ spec, periods: [period(0, percentiles(612))] });
    expect(failed.events[0]?.text).toBe('Halt podinfo.test advancement request duration 612ms > 500ms');
    expect(failed.say).toContain(
      'request-duration: P99 is 612 ms at the highest caller (at most 500 ms wanted)',
    );
    expect(tick({ spec, periods: [period(0, percentiles(500))] }).decision).toBe('advance');
  });

  it("prints Flagger's duration beside counts that fail, as Go prints it", () => {
    const counts = { ...canaryCounts(600, 0, 60), percentiles: { '99': 1515 } };
    expect(tick({ spec, periods: [period(0, counts)] }).events[0]?.text).toBe(
      'Halt podinfo.test advancement request duration 1.515s > 500ms',
    );
  });

  it('passes at exactly the share allowed and fails just above it', () => {
    expect(tick({ spec, periods: [period(0, canaryCounts(600, 0, 6))] }).decision).toBe('advance');
    expect(tick({ spec, periods: [period(0, canaryCounts(600, 0, 7))] }).decision).toBe('hold');
  });
});

describe('traffic that the route did not send (I10)', () => {
  it('is noticed, said, and proves nothing', () => {
    const { decision, say, events } = tick({ periods: [period(0, canaryCounts(1800), 5400)] });
    expect(decision).toBe('hold');
    expect(say).toContain('unrouted traffic reaches the canary (25 % of all at a weight of 10 %)');
    expect(events[0]?.text).toBe(
      'Halt podinfo.test advancement unrouted traffic reaches the canary: 25 % of all requests at a weight of 10 %',
    );
  });

  it('does not hide failures', () => {
    const { analysis } = tick({ periods: [period(0, canaryCounts(1800, 180), 5400)] });
    expect(analysis.failedChecks).toBe(1);
  });

  it.each([
    ['a few requests by chance', 3, 12],
    ['a tenth above the weight, however many requests there are', 1_099_000, 8_901_000],
    ['nothing to compare with', 600, undefined],
  ])('is not %s', (_why, canary, primary) => {
    const { primary: all, ...rest } = period(0, canaryCounts(canary), primary);
    const one = primary === undefined ? rest : { ...rest, ...(all && { primary: all }) };
    expect(tick({ periods: [one] }).decision).toBe('advance');
  });
});
