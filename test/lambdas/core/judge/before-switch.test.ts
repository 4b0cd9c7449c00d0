import { describe, expect, test } from 'vitest';
import type { Period } from '../../../../lambdas/core/evidence.ts';
import { decide, decideBefore, type TickInput } from '../../../../lambdas/core/holds/decide.ts';
import { judge } from '../../../../lambdas/core/judge/judge.ts';
import type { RolloutSpec } from '../../../../lambdas/core/spec/schema.ts';
import type { AnalysisState } from '../../../../lambdas/core/tasks.ts';
import { exampleSpec } from '../example-spec.ts';
import { minute } from './walk.ts';

const specOf = (analysis: object = {}, countUnrouted = false): RolloutSpec => ({
  ...exampleSpec({ analysis: { judge: 'sequential', threshold: 2, deadline: '20m', ...analysis } }),
  strategy: { blueGreen: { iterations: 3, countUnrouted } },
});

const input = (change: Partial<TickInput> = {}): TickInput => ({
  spec: specOf(),
  weight: 0,
  analysis: undefined,
  periods: [],
  shiftedAt: minute(0),
  now: minute(1),
  answers: {},
  approval: 'question',
  ...change,
});

/** Looks a minute apart, until one does more than hold. */
const walk = (looks: readonly Partial<TickInput>[]) => {
  let analysis: AnalysisState | undefined;
  return looks.map((change, index) => {
    const result = decide(input({ analysis, now: minute(index + 1), ...change }));
    analysis = result.analysis;
    return result;
  });
};
const failing = {
  hooks: [{ name: 'test', type: 'rollout' as const, passed: false, found: 'answered 500' }],
};

/** A load test's requests, all of which fail. */
const loadTest = (n: number): Period => ({
  start: minute(n),
  end: minute(n + 1),
  canary: { requests: 600, failures: 600 },
  primary: { requests: 6000, failures: 0 },
});

describe('blue/green before the switch', () => {
  test('each look is an iteration, and after the last all traffic follows', () => {
    const results = walk([{}, {}, {}]);
    expect(results.map(({ decision, weight }) => [decision, weight])).toEqual([
      ['hold', 0],
      ['hold', 0],
      ['advance', 100],
    ]);
    expect(results.flatMap(({ events }) => events.map(({ text }) => text))).toEqual([
      'Advance podinfo.test canary iteration 2/3',
      'Advance podinfo.test canary iteration 3/3',
    ]);
    expect(results[0]?.say).toBe('0 %: iteration 1 of 3 without traffic; next iteration 2 of 3.');
    expect(results[0]?.waitSeconds).toBe(60);
  });

  test('what a load test asks of the canary is no evidence, before the switch or after it', () => {
    const before = walk([
      { periods: [loadTest(0)] },
      { periods: [loadTest(0), loadTest(1)] },
      { periods: [loadTest(2)] },
    ]);
    expect(before.at(-1)?.decision).toBe('advance');
    const after = judge(
      input({
        weight: 100,
        analysis: before.at(-1)?.analysis,
        periods: [loadTest(0), loadTest(1), loadTest(2)],
        shiftedAt: minute(3),
        now: minute(4),
      }),
    );
    expect(after.decision).toBe('hold');
    expect(after.analysis.canary.requests).toBe(0);
  });

  test('a hook that says no begins no iteration, and rolls back at the threshold', () => {
    const results = walk([{}, failing, failing, {}]);
    expect(results.map(({ decision }) => decision)).toEqual(['hold', 'hold', 'hold', 'rollBack']);
    expect(results[1]?.analysis.iteration).toBe(2);
    expect(results[1]?.events.map(({ text }) => text)).toEqual([
      'Halt podinfo.test advancement external check test failed answered 500',
    ]);
    expect(results[3]?.reason).toBe('hook test: answered 500, 2 checks failed');
  });

  test('a pause counts no iteration; a person may abort, and promote without the switch', () => {
    const paused = walk([{ answers: { pausedBy: 'ana' } }, {}]);
    expect(paused[0]?.say).toBe('0 %: iteration 1 of 3 without traffic; paused by ana.');
    expect(paused[1]?.analysis.iteration).toBe(2);
    expect(walk([{ answers: { abortedBy: 'ana' } }])[0]).toMatchObject({
      decision: 'rollBack',
      reason: 'aborted by ana',
    });
    expect(walk([{ answers: { promotedBy: 'ana' } }])[0]).toMatchObject({
      decision: 'promote',
      weight: 100,
    });
  });

  test.each([
    ['ask', 'ask'],
    ['rollBack', 'rollBack'],
    // Nothing was proven of it, so it is not promoted either.
    ['promote', 'rollBack'],
  ])('at the deadline with onInconclusive: %s it does this: %s', (onInconclusive, decision) => {
    const result = decide(input({ spec: specOf({ onInconclusive }), now: minute(21) }));
    expect(result.decision).toBe(decision);
    expect(result.reason).toBe(
      'inconclusive: the deadline of 20m passed in iteration 1 of 3, before the switch',
    );
    expect(result.analysis.inconclusive).toBe(true);
  });

  test('a freeze lets the tests go on, and holds the switch', () => {
    const results = walk([{ frozen: 'frozen by ana' }, {}, { frozen: 'frozen by ana' }, {}]);
    expect(results.map(({ decision }) => decision)).toEqual(['hold', 'hold', 'hold', 'advance']);
    expect(results[2]?.say).toContain('frozen by ana');
  });

  test('the first look, before the tests begin, holds for a failing hook and for nothing that stands before an increase', () => {
    const spec = { ...specOf(), gates: [{ before: 'increase' as const, timeout: 3600 }] };
    expect(decideBefore('traffic')(input({ spec }))).toMatchObject({ decision: 'advance', weight: 0 });
    const refused = [{ name: 'smoke', type: 'pre-rollout' as const, passed: false, found: 'answered 500' }];
    expect(decideBefore('traffic')(input({ spec, hooks: refused })).decision).toBe('hold');
  });

  test('with countUnrouted the threshold judge counts what a load test sends, and fails without any', () => {
    const spec = specOf({ judge: 'threshold', noData: 'fail' }, true);
    const counted = decide(input({ spec, periods: [loadTest(0)] }));
    expect(counted.analysis.failedChecks).toBe(1);
    const silent = decide(input({ spec, periods: [] }));
    expect(silent.analysis.failedChecks).toBe(1);
    expect(silent.events[0]?.text).toMatch(/^Halt advancement no values found/);
  });
});
