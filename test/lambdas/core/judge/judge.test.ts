import { describe, expect, it } from 'vitest';
import { type JudgeInput, judge } from '../../../../lambdas/core/judge/judge.ts';
import { exampleSpec } from '../example-spec.ts';
import { BAD, canaryCounts, GOOD, minute, NONE, period, walk } from './walk.ts';

const tick = (change: Partial<JudgeInput>) =>
  judge({
    spec: exampleSpec(),
    weight: 10,
    periods: [],
    shiftedAt: minute(0),
    now: minute(1),
    answers: {},
    approval: 'question-1',
    ...change,
  });

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

describe('people and newer releases', () => {
  const held = tick({ periods: [period(0, canaryCounts(300, 30))] }).analysis;

  it.each([
    [{ abortedBy: 'ana' }, 'rollBack', 'aborted by ana'],
    [{ supersededBy: '6.0.3' }, 'supersede', 'superseded by 6.0.3'],
    [{ promotedBy: 'ana' }, 'promote', 'promoted by ana'],
  ] as const)('%o makes %s', (answers, decision, reason) => {
    expect(tick({ analysis: held, answers })).toMatchObject({ decision, reason });
  });

  it('pause holds, and failures still count', () => {
    const answers = { pausedBy: 'ana' };
    const good = tick({ answers, periods: [period(0, canaryCounts(600))] });
    expect(good).toMatchObject({ decision: 'hold', weight: 10 });
    expect(good.say).toContain('paused by ana');
    expect(tick({ answers, periods: [period(0, canaryCounts(600, 60))] }).analysis.failedChecks).toBe(1);
  });

  it('an answer to a question that was not put means nothing', () => {
    expect(tick({ answers: { approval: 'approved', by: 'ana' } }).decision).toBe('hold');
    expect(tick({ answers: { approval: 'rejected', by: 'ana' } }).decision).toBe('hold');
  });
});

describe('the deadline', () => {
  const spec = (onInconclusive: string) =>
    exampleSpec({ analysis: { deadline: '5m', onInconclusive, threshold: 3 } });
  const quiet = (minutes: number) => Array(minutes).fill(NONE);

  it('ask: asks once, goes on judging, and promotes when a person approves', () => {
    const { ticks } = walk(spec('ask'), quiet(9), (n) =>
      n === 9 ? { approval: 'approved', by: 'ana' } : {},
    );
    expect(ticks.map(({ decision }) => decision)).toEqual([
      ...Array(4).fill('hold'),
      'ask',
      ...Array(3).fill('hold'),
      'promote',
    ]);
    expect(ticks[4]?.analysis.asked).toEqual({ approval: 'question-1', at: minute(5) });
    expect(ticks[4]?.reason).toBe('inconclusive: the deadline of 5m passed at 10 % with 0 proving checks');
    expect(ticks[4]?.events.at(-1)?.phase).toBe('WaitingPromotion');
    expect(ticks[8]).toMatchObject({ reason: 'approved by ana', weight: 100 });
  });

  it('ask: a person may reject', () => {
    const { ticks } = walk(spec('ask'), quiet(7), (n) =>
      n === 7 ? { approval: 'rejected', by: 'ben' } : {},
    );
    expect(ticks.at(-1)).toMatchObject({ decision: 'reject', reason: 'rejected by ben' });
  });

  it('ask: failures roll back while somebody thinks, even when that person says yes too late', () => {
    const { ticks } = walk(spec('ask'), [...quiet(5), BAD, BAD, BAD, BAD], (n) =>
      n === 9 ? { approval: 'approved', by: 'ana' } : {},
    );
    expect(ticks.at(-1)?.decision).toBe('rollBack');
    expect(ticks.at(-1)?.reason).toMatch(/^request-success-rate: /);
  });

  it('ask: a question that nobody answers rolls back after a day', () => {
    const asked = walk(spec('ask'), quiet(5)).ticks.at(-1)?.analysis;
    expect(tick({ spec: spec('ask'), analysis: asked, now: minute(5 + 1439) }).decision).toBe('hold');
    expect(tick({ spec: spec('ask'), analysis: asked, now: minute(5 + 1440) })).toMatchObject({
      decision: 'rollBack',
      reason: 'inconclusive: nobody answered within 1d',
    });
  });

  it('rollBack: rolls back', () => {
    expect(walk(spec('rollBack'), quiet(9)).ticks.at(-1)).toMatchObject({
      decision: 'rollBack',
      reason: 'inconclusive: the deadline of 5m passed at 10 % with 0 proving checks',
    });
  });

  it.each([
    ['promotes with proof', [GOOD, NONE, NONE, NONE, NONE], 'promote'],
    ['rolls back without any', [NONE, NONE, NONE, NONE, NONE], 'rollBack'],
    ['rolls back while a failing check stands open', [GOOD, BAD, NONE, NONE, NONE], 'rollBack'],
  ])('promote: %s', (_what, minutes, decision) => {
    expect(walk(spec('promote'), minutes).ticks.at(-1)?.decision).toBe(decision);
  });

  it('does not stand in the way of a proof at the last weight', () => {
    const slow = exampleSpec({
      canary: { stepWeights: [10] },
      analysis: { deadline: '5m', onInconclusive: 'rollBack' },
    });
    expect(walk(slow, [...quiet(4), GOOD]).ticks.at(-1)?.decision).toBe('promote');
  });
});
