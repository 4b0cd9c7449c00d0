import { describe, expect, test } from 'vitest';
import type { Period } from '../../../../lambdas/core/evidence.ts';
import { judgeAgain, verdictRecord } from '../../../../lambdas/core/judge/again.ts';
import { type JudgeInput, judge } from '../../../../lambdas/core/judge/judge.ts';
import type { JudgeCanaryResult } from '../../../../lambdas/core/tasks.ts';
import { exampleSpec } from '../example-spec.ts';

const START = Date.UTC(2026, 10, 21, 9);
const at = (minute: number) => new Date(START + minute * 60_000).toISOString();
const DEPTH = { name: 'queue-depth', query: 'max(queue_depth)', max: 100 };

const specOf = (analysis: object, number: object = DEPTH) =>
  exampleSpec({ analysis: { ...analysis, metrics: [{ name: 'request-success-rate', min: 99 }, number] } });

const period = (minute: number, numbers: Period['numbers'], requests = 1000): Period => ({
  start: at(minute),
  end: at(minute + 1),
  ...(requests > 0 && {
    canary: { requests, failures: 0 },
    primary: { requests: requests * 9, failures: 0 },
  }),
  ...(numbers && { numbers }),
});

/** Ticks one after the other at ten percent, each with one more period. */
const ticks = (
  spec: ReturnType<typeof specOf>,
  numbers: readonly Period['numbers'][],
  change: Partial<JudgeInput> = {},
): JudgeCanaryResult[] => {
  const results: JudgeCanaryResult[] = [];
  numbers.forEach((found, minute) => {
    const input = {
      spec,
      weight: 10,
      analysis: results.at(-1)?.analysis,
      periods: [period(minute, found)],
      shiftedAt: at(0),
      now: at(minute + 1),
      answers: {},
      approval: 'a',
      ...change,
    };
    results.push(judge(input));
  });
  return results;
};

describe('a plain number, with the threshold judge', () => {
  const spec = (number: object = DEPTH) => specOf({ judge: 'threshold', threshold: 3 }, number);

  test('fails a check when it is outside, in Flagger’s words', () => {
    const [tick] = ticks(spec(), [{ 'queue-depth': 140 }]);
    expect(tick).toMatchObject({ decision: 'hold', analysis: { failedChecks: 1 } });
    expect(tick?.events[0]?.text).toBe('Halt podinfo.test advancement queue-depth 140.00 > 100');
    expect(tick?.say).toContain('queue-depth: 140 (at most 100 wanted)');
  });

  test('rolls back at the threshold, and the reason begins with its name', () => {
    const outside = { 'queue-depth': 140 };
    const last = ticks(spec(), [outside, outside, outside, outside]).at(-1);
    expect(last).toMatchObject({
      decision: 'rollBack',
      reason: 'queue-depth: 140 (at most 100 wanted), 3 checks failed',
    });
  });

  test.each([
    [{ min: 1, max: 100 }, 1, 'advance'],
    [{ min: 1, max: 100 }, 100, 'advance'],
    [{ min: 1, max: 100 }, 0.999, 'hold'],
    [{ min: 0 }, -1, 'hold'],
  ])('takes its bounds as inside: %j with %d is %s', (bounds, value, decision) => {
    const number = { name: 'queue-depth', query: 'x', ...bounds };
    expect(ticks(spec(number), [{ 'queue-depth': value }])[0]?.decision).toBe(decision);
  });

  test('proves nothing and fails nothing without data', () => {
    const [tick] = ticks(spec(), [undefined]);
    expect(tick).toMatchObject({ decision: 'hold', analysis: { failedChecks: 0, passedChecks: 0 } });
    expect(tick?.say).toContain('no data of queue-depth');
  });

  test('fails a check without data where the spec wants that, as Flagger does', () => {
    const strict = specOf({ judge: 'threshold', threshold: 3, noData: 'fail' });
    const [tick] = ticks(strict, [undefined]);
    expect(tick?.analysis.failedChecks).toBe(1);
    expect(tick?.events[0]?.text).toBe(
      'Halt advancement no values found for custom metric: queue-depth: no values found',
    );
  });

  test('passes nothing by itself while the canary gets no requests', () => {
    const alone = exampleSpec({
      analysis: { judge: 'threshold', threshold: 3, noData: 'fail', metrics: [DEPTH] },
    });
    const periods = [period(0, { 'queue-depth': 1 }, 0)];
    const [tick] = ticks(alone, [{}], { periods });
    expect(tick).toMatchObject({ decision: 'hold', analysis: { failedChecks: 0, passedChecks: 0 } });
  });
});

describe('a plain number, with the sequential judge', () => {
  const spec = (number: object = DEPTH) => specOf({ judge: 'sequential' }, number);

  test('holds while it is outside, and lets go when it is inside again', () => {
    const [held, freed] = ticks(spec(), [{ 'queue-depth': 140 }, { 'queue-depth': 90 }]);
    expect(held?.decision).toBe('hold');
    expect(held?.say).toContain('queue-depth: 140 (at most 100 wanted); this only holds');
    expect(held?.events[0]?.text).toMatch(/^Halt podinfo.test advancement queue-depth: 140/);
    expect(freed?.decision).toBe('advance');
  });

  test('never enters the evidence of harm, and never rolls back by itself', () => {
    const results = ticks(spec(), Array(20).fill({ 'queue-depth': 1e9 }));
    expect(new Set(results.map(({ decision }) => decision))).toEqual(new Set(['hold']));
    const without = ticks(spec(), Array(20).fill({ 'queue-depth': 1 }));
    const evidence = ({ analysis }: JudgeCanaryResult) => analysis.sequential?.state.evidence;
    expect(results.map(evidence)).toEqual(without.map(evidence));
  });

  test('rolls back where the spec says after how many periods in a row', () => {
    const strict = spec({ ...DEPTH, rollBackAfter: 3 });
    const [inside, outside] = [{ 'queue-depth': 1 }, { 'queue-depth': 140 }];
    const results = ticks(strict, [outside, outside, inside, outside, undefined, outside, outside]);
    expect(results.map(({ decision }) => decision).indexOf('rollBack')).toBe(6);
    expect(results.at(-1)?.reason).toBe(
      'queue-depth: 140 (at most 100 wanted) at the end of 3 periods in a row',
    );
  });

  test('stands in the way without data, and says why where that is known', () => {
    const periods = [{ ...period(0, undefined), unread: { 'queue-depth': 'Prometheus answered 503' } }];
    const [tick] = ticks(spec(), [undefined], { periods });
    expect(tick).toMatchObject({ decision: 'hold' });
    expect(tick?.say).toContain('no data of queue-depth (Prometheus answered 503), so this proves nothing');
  });

  test('keeps an unproven release from being promoted at the deadline, also when no period is new', () => {
    const open = specOf({ judge: 'sequential', onInconclusive: 'promote', deadline: 300 });
    const seen = ticks(open, [{ 'queue-depth': 1 }, { 'queue-depth': 140 }]).at(-1);
    const [late] = ticks(open, [{}], { analysis: seen?.analysis, periods: [], now: at(6) });
    expect(late?.decision).toBe('rollBack');
    expect(late?.reason).toContain('queue-depth: 140 (at most 100 wanted)');
  });

  test('is judged again from the record, with the numbers of then', () => {
    const input = {
      spec: spec(),
      weight: 10,
      analysis: undefined,
      periods: [period(0, { 'queue-depth': 140 })],
      shiftedAt: at(0),
      now: at(1),
      answers: {},
      approval: 'a',
      hooks: [],
    };
    const result = judge(input);
    const record = JSON.parse(JSON.stringify(verdictRecord(input, result)));
    expect(record.periods[0].numbers).toEqual({ 'queue-depth': 140 });
    expect(judgeAgain(record, input.spec)).toMatchObject({ decision: 'hold', say: result.say });
    const wider = spec({ ...DEPTH, max: 200 });
    expect(judgeAgain(record, wider).decision).toBe('advance');
  });

  test('keeps the state below 4 KB and the result below 1 KB with five of the longest names', () => {
    const numbers = Array.from({ length: 5 }, (_, index) => `${index}`.padStart(30, 'n'));
    const metrics = [
      { name: 'request-success-rate', min: 99 },
      { name: 'request-duration', max: 500 },
      ...numbers.map((name) => ({ name, query: 'x', max: 1 })),
    ];
    const custom = ['one', 'two', 'three'].map((name) => ({ name, total: 'a', bad: 'b', max: 5 }));
    const big = exampleSpec({ analysis: { judge: 'sequential', metrics, custom } });
    const found = Object.fromEntries(numbers.map((name) => [name, 123456.789]));
    const { analysis, ...told } = ticks(big, Array(5).fill(found)).at(-1) ?? {};
    expect(JSON.stringify(told).length).toBeLessThan(1024);
    expect(JSON.stringify({ numbers: analysis?.numbers }).length).toBeLessThan(400);
  });
});
