import { expect, test } from 'vitest';
import { checksNeeded, shortestSeconds, steps } from '../../../../lambdas/core/plan.ts';
import { shiftEvents } from '../../../../lambdas/core/safety/shift-events.ts';
import { parseSpec } from '../../../../lambdas/core/spec/parse.ts';
import { spec, writtenSpec } from '../../../fakes/rollouts.ts';

const written = (blueGreen: object, analysis: object = {}, more: object = {}) => {
  const base = writtenSpec();
  return { ...base, strategy: { blueGreen }, analysis: { ...base.analysis, ...analysis }, ...more };
};
const problemsOf = (value: unknown): readonly string[] => {
  const parsed = parseSpec(value);
  return parsed.ok ? [] : parsed.problems;
};

test('blue/green has no traffic for its iterations, and then all of it', () => {
  const blueGreen = spec(() => written({ iterations: 3 }));
  expect(steps(blueGreen)).toEqual([0, 100]);
  expect(checksNeeded(blueGreen)).toBe(4);
  // Three intervals of a minute, then settle 1m, the metrics' delay 2m and a period of 1m.
  expect(shortestSeconds(blueGreen)).toBe(7 * 60);
  expect([0, 100].flatMap((weight) => shiftEvents(blueGreen, weight).map(({ text }) => text))).toEqual([
    'Advance podinfo.test canary iteration 1/3',
    'Routing all traffic to canary',
  ]);
});

test('requests that the route did not send are for the threshold judge only', () => {
  const analysis = { judge: 'sequential', threshold: 2 };
  expect(problemsOf(written({ iterations: 3, countUnrouted: true }, analysis))).toEqual([
    'strategy.blueGreen.countUnrouted: only the threshold judge counts requests that the route did not send, got judge: sequential; leave it out, or set analysis.judge: threshold',
  ]);
  expect(problemsOf(written({ countUnrouted: true }, { judge: 'threshold', threshold: 2 }))).toEqual([]);
});

test('limits that weigh nothing would roll nothing back', () => {
  const metrics = [{ name: 'request-success-rate', min: 99, limitWeight: 0 }];
  expect(problemsOf(written({}, { judge: 'sequential', metrics }))).toEqual([
    'analysis.metrics: must have one with a limitWeight above 0: with blueGreen only limits roll back, got 0 for all',
  ]);
});

test('a gate stands before the switch, and none before no traffic', () => {
  expect(problemsOf(written({}, {}, { gates: [{ before: 100 }, { before: 'promotion' }] }))).toEqual([]);
  expect(problemsOf(written({}, {}, { gates: [{ before: 50 }] }))).toEqual([
    'gates[0].before: must be a weight of the strategy (100), got 50',
  ]);
});

test('more time than the deadline leaves is refused', () => {
  expect(problemsOf(written({ iterations: 100 }, { deadline: '1h' })).join()).toMatch(
    /^analysis\.deadline: must be at least 1h44m/,
  );
});
