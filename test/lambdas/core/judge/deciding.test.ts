import { describe, expect, it } from 'vitest';
import { exampleSpec } from '../example-spec.ts';
import { BAD, canaryCounts, GOOD, minute, NONE, period, tick, walk } from './walk.ts';

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
    expect(good.say).toBe(
      '10 %: 100 % of 600 canary requests succeeded (primary 99.9 % of 5,400); paused by ana.',
    );
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

  it('ask: once a person was asked, no later proof promotes over their head', () => {
    const { ticks } = walk(spec('ask'), [...quiet(5), GOOD, GOOD]);
    expect(ticks.slice(-2).map(({ decision }) => decision)).toEqual(['hold', 'hold']);
    expect(ticks.at(-1)?.say).toContain('waiting for a person since 2026-11-21T12:05:00.000Z');
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
