import { describe, expect, test } from 'vitest';
import { decide } from '../../../../lambdas/core/holds/decide.ts';
import type { HookRecord } from '../../../../lambdas/core/hooks/hooks.ts';
import { shiftEvents } from '../../../../lambdas/core/safety/shift-events.ts';
import type { RolloutSpec } from '../../../../lambdas/core/spec/schema.ts';
import type { JudgeCanaryResult } from '../../../../lambdas/core/tasks.ts';
import { exampleSpec } from '../example-spec.ts';
import { canaryCounts, minute, period, walk } from './walk.ts';

const GATE = { name: 'gate', type: 'confirm-promotion', url: 'https://tests.example.com' } as const;

/** A/B for users who say that they are insiders, with three iterations of a minute. */
const abSpec = (hooks: readonly object[] = [], analysis: object = {}): RolloutSpec => ({
  ...exampleSpec({ analysis }),
  strategy: { ab: { iterations: 3, match: [{ headers: { 'x-canary': { exact: 'insider' } } }] } },
  hooks: hooks as RolloutSpec['hooks'],
});

/** Ticks a minute apart, each with a healthy minute of the canary and what hooks answer at it. */
const ticks = (spec: RolloutSpec, answers: readonly (readonly HookRecord[])[]): JudgeCanaryResult[] => {
  const results: JudgeCanaryResult[] = [];
  for (const [index, hooks] of answers.entries())
    results.push(
      decide({
        spec,
        weight: 100,
        analysis: results.at(-1)?.analysis,
        periods: [period(index, canaryCounts(60))],
        shiftedAt: minute(0),
        now: minute(index + 1),
        answers: {},
        approval: 'question',
        hooks,
      }),
    );
  return results;
};

const texts = ({ events }: JudgeCanaryResult) => events.map(({ text, phase }) => `${phase}: ${text}`);
const answered = (passed: boolean, type: HookRecord['type'] = 'confirm-promotion'): HookRecord[] => [
  { name: 'gate', type, passed, found: passed ? 'answered 200' : 'answered 403' },
];

describe("iterations, on Flagger's replay scenarios", () => {
  test('S7: a passing tick begins the next iteration, and after the last one the canary is promoted', () => {
    expect(shiftEvents(abSpec(), 100)).toEqual([
      { phase: 'Progressing', text: 'Advance podinfo.test canary iteration 1/3' },
    ]);
    const results = ticks(abSpec(), [[], [], []]);
    expect(results.map(({ decision }) => decision)).toEqual(['hold', 'hold', 'promote']);
    expect(results.map(texts)).toEqual([
      ['Progressing: Advance podinfo.test canary iteration 2/3'],
      ['Progressing: Advance podinfo.test canary iteration 3/3'],
      [],
    ]);
  });

  test('S8: at a closed gate the last iteration is played again before it is asked again, and told of', () => {
    const spec = abSpec([GATE]);
    // The gate is only asked where promotion is due; its answer stands here at each tick.
    const results = ticks(spec, [[], [], answered(false), [], answered(false), [], answered(true)]);
    expect(results.map(texts)).toEqual([
      ['Progressing: Advance podinfo.test canary iteration 2/3'],
      ['Progressing: Advance podinfo.test canary iteration 3/3'],
      ['WaitingPromotion: Halt podinfo.test advancement waiting for promotion approval gate'],
      ['WaitingPromotion: Advance podinfo.test canary iteration 3/3'],
      [],
      ['WaitingPromotion: Advance podinfo.test canary iteration 3/3'],
      ['Progressing: Confirm-promotion check gate passed'],
    ]);
    expect(results.map(({ decision }) => decision)).toEqual([
      'hold',
      'hold',
      'ask',
      'hold',
      'hold',
      'hold',
      'promote',
    ]);
  });
});

test('a tick with failures begins no iteration', () => {
  const { ticks: walked } = walk(abSpec(), ['good', 'bad', 'good', 'good']);
  expect(walked.map(({ analysis }) => analysis.iteration)).toEqual([2, 2, 3, 3]);
  expect(walked.at(-1)?.decision).toBe('promote');
});

test('a tick at which a hook fails a check begins no iteration, and tells of none', () => {
  const hook = { name: 'gate', type: 'rollout', url: 'https://tests.example.com' };
  const [first, second] = ticks(abSpec([hook]), [answered(false, 'rollout'), answered(true, 'rollout')]);
  expect(first?.analysis).toMatchObject({ failedChecks: 1 });
  expect(first?.analysis.iteration).toBeUndefined();
  expect(first && texts(first)).toEqual([
    'Progressing: Halt podinfo.test advancement external check gate failed answered 403',
  ]);
  expect(second?.analysis.iteration).toBe(2);
});

test('without requests of these users no iteration begins, and the deadline decides', () => {
  const { ticks: walked } = walk(
    abSpec([], { deadline: '10m', onInconclusive: 'rollBack' }),
    Array(12).fill('none'),
  );
  expect(walked.at(-1)).toMatchObject({
    decision: 'rollBack',
    reason: 'inconclusive: the deadline of 10m passed in iteration 1 of 3 with 0 proving checks',
  });
});
