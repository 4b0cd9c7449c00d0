import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { formatDuration, parseDuration } from '../../../../lambdas/core/spec/duration.ts';
import { parseSpec } from '../../../../lambdas/core/spec/parse.ts';
import { matchesTag } from '../../../../lambdas/core/spec/tags.ts';
import { spec, writtenSpec } from '../../../fakes/rollouts.ts';

type Written = ReturnType<typeof writtenSpec>;

/** The problems of the example with one value changed, by its dotted path. */
const problemsWith = (path: string, value: unknown): readonly string[] => {
  const written = writtenSpec() as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<Record<string, unknown>>(
    (inner, key) => inner[key] as Record<string, unknown>,
    written,
  );
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  const parsed = parseSpec(written);
  return parsed.ok ? [] : parsed.problems;
};

test('the example spec of the repository parses', () => {
  const file = join(import.meta.dirname, '../../../../rollouts/podinfo.yaml');
  expect(parseSpec(parseYaml(readFileSync(file, 'utf8')))).toMatchObject({ ok: true });
});

test.each([
  ['cloudWatch', { namespace: 'AppMesh', callers: ['frontend'] }, '30s', 30],
  ['cloudWatch', { namespace: 'AppMesh', callers: ['frontend'] }, '5m', 300],
  ['xRay', {}, '5m', 300],
  ['prometheus', { url: 'https://prometheus.example.com', callers: ['frontend'] }, '1m', 60],
])('a period of %s may be written as a duration, like every other time', (kind, source, period, seconds) => {
  const written = writtenSpec();
  const parsed = parseSpec({
    ...written,
    analysis: {
      ...written.analysis,
      interval: '5m',
      deadline: '5h',
      source: { [kind]: { ...source, period } },
    },
  });
  expect(parsed).toMatchObject({
    ok: true,
    value: { analysis: { source: { [kind]: { period: seconds } } } },
  });
});

test('parsing what was parsed changes nothing: durations stay seconds', () => {
  expect(parseSpec(spec())).toEqual({ ok: true, value: spec() });
  expect(spec().analysis).toMatchObject({
    interval: 60,
    deadline: 3600,
    source: { cloudWatch: { delay: 120 } },
  });
});

test('parsing changes nothing of what it was given', () => {
  const written = writtenSpec();
  parseSpec(written);
  expect(written).toEqual(writtenSpec());
});

describe('each mistake is one line with path, value and fix', () => {
  test.each([
    [
      'strategy.canary.maxWeigth',
      50,
      'strategy.canary.maxWeigth: unknown key, got 50; did you mean maxWeight?',
    ],
    ['analysis.threshold', '5', 'analysis.threshold: must be a number, got "5"'],
    ['strategy.canary.stepWeight', 105, 'strategy.canary.stepWeight: must be 1 to 100, got 105'],
    ['strategy.canary.stepWeight', 2.5, 'strategy.canary.stepWeight: must be a whole percent, got 2.5'],
    [
      'trigger.ecr.tags',
      ['6.[0-9]'],
      'trigger.ecr.tags[0]: EventBridge can only match letters, digits, _ . - and *: write it with *, such as "6.*", got "6.[0-9]"',
    ],
    [
      'trigger.ecr.tags',
      ['6.**'],
      'trigger.ecr.tags[0]: EventBridge refuses two * in a row: write one, got "6.**"',
    ],
    ['analysis.judge', 'kayenta', 'analysis.judge: must be sequential, threshold, got "kayenta"'],
    [
      'analysis.advisory',
      'threshold',
      'analysis.advisory: must be the other judge than the acting one, got "threshold"',
    ],
    [
      'analysis.threshold',
      undefined,
      'analysis.threshold: is missing, the threshold judge counts to it: how many failed checks roll back, got nothing',
    ],
    [
      'analysis',
      {
        source: { cloudWatch: { namespace: 'AppMesh', callers: ['frontend'] } },
        metrics: [{ name: 'request-success-rate', min: 99, weight: 0, limitWeight: 0 }],
      },
      'analysis.metrics: must have one with a weight or limitWeight above 0, or nothing is ever rolled back, got 0 for all',
    ],
    ['analysis.sequential', { alpha: 0.5 }, 'analysis.sequential.alpha: must be 0.0001 to 0.2, got 0.5'],
    [
      'analysis.sequential',
      { hold: 100 },
      'analysis.sequential.hold: must be below 1/alpha (100), where it rolls back, got 100',
    ],
    [
      'analysis.source',
      { cloudWatch: { namespace: 'AppMesh', callers: ['frontend'] }, xRay: {} },
      'analysis.source: must have exactly one of cloudWatch, xRay, prometheus, got {"cloudWatch":{"namespace":"AppMesh","callers":["frontend…',
    ],
    [
      'analysis.interval',
      '5 minutes',
      'analysis.interval: must be a duration of 10s to 1h, such as 1m, got "5 minutes"',
    ],
    [
      'workload.canary',
      'podinfo-primary',
      `workload.canary: must be another Deployment than the primary, got "podinfo-primary"`,
    ],
    ['router.appMesh.owner', 'kubernetes', 'router.appMesh.owner: must be api, got "kubernetes"'],
    [
      'gates',
      [{ before: 'lunch' }],
      'gates[0].before: must be rollout, increase, promotion or a weight of 1 to 100 (percent), got "lunch"',
    ],
    [
      'gates',
      [{ before: 7 }],
      'gates[0].before: must be a weight of the strategy (5, 10, 15, 20, 25, 30, 35, 40, 45, 50), got 7',
    ],
  ])('%s = %j', (path, value, line) => {
    expect(problemsWith(path, value)).toEqual([line]);
  });

  test('all of them at once', () => {
    const parsed = parseSpec({
      ...writtenSpec(),
      servise: 'x',
      onNewer: 'whatever',
      target: 7,
    } as unknown as Written);
    expect(parsed).toMatchObject({
      ok: false,
      problems: [
        expect.stringMatching(/^target: /),
        expect.stringMatching(/^onNewer: /),
        expect.stringMatching(/^servise: .*did you mean service\?$/),
      ],
    });
  });

  test.each([null, 'text', 7, []])('a file that holds %j instead of keys', (value) => {
    expect(parseSpec(value)).toMatchObject({
      ok: false,
      problems: [expect.stringContaining('must be a block of keys')],
    });
  });
});

test('weights are listed instead of stepped', () => {
  expect(
    spec((written) => ({ ...written, strategy: { canary: { stepWeights: [1, 2, 10, 80] } } })).strategy,
  ).toEqual({ canary: { stepWeights: [1, 2, 10, 80] } });
});

test.each([
  ['90s', 90],
  ['1m30s', 90],
  ['24h', 86_400],
  ['1d', 86_400],
])('%s is %i seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
  expect(parseDuration(formatDuration(seconds))).toBe(seconds);
});

test.each(['', '5', 'm', '1x', '-1m', '1m ', ' 1m'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  ['6.0.1', ['6.*'], true],
  ['60.1', ['6.*'], false],
  ['release-7-eu', ['release-*-eu', '6.*'], true],
  ['latest', ['*'], true],
  ['v6.0.1', ['6.*'], false],
])('tag %s among %j: %s', (tag, patterns, expected) => {
  expect(matchesTag(tag, patterns)).toBe(expected);
});
