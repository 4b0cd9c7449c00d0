import { describe, expect, test } from 'vitest';
import { FAULTS } from '../../../../bench/judge/scenarios.ts';
import { simulate } from '../../../../bench/judge/simulate.ts';
import { chances, rolloutsOf } from '../../../../lambdas/core/forecast/chances.ts';
import { forecast } from '../../../../lambdas/core/forecast/forecast.ts';
import { HEALTHY, steadyTraffic } from '../../../../lambdas/core/forecast/traffic.ts';
import type { RolloutSpec } from '../../../../lambdas/core/spec/schema.ts';
import { spec, writtenSpec } from '../../../fakes/rollouts.ts';

const LATENCY = { medianMs: 50, sigma: 0.6 };
const traffic =
  (rps: number, errors = 0.001) =>
  () =>
    steadyTraffic({ rps, errors }, LATENCY);

/** The written spec under a judge, with metrics `delay` seconds late and steps that settle for `settle`. */
const judged = (
  judge: 'sequential' | 'threshold',
  { delay = 120, settle = 60, ...analysis }: Record<string, unknown> = {},
): RolloutSpec =>
  spec((written) => ({
    ...written,
    router: { ...written.router, settle },
    analysis: {
      ...written.analysis,
      judge,
      mode: 'guarded',
      source: { cloudWatch: { namespace: 'AppMesh', callers: ['frontend'], delay } },
      ...analysis,
    },
  }));

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

describe('a forecast agrees with the simulation of the bench', () => {
  const scenario = FAULTS.find(({ name }) => name === 'err+1%');
  const cell = { scenario: scenario ?? { name: '', healthy: true }, base: 0.001, rps: 100, lag: 0 };

  test('on when +1 point at 100 requests a second is rolled back, and on what it costs', () => {
    const endings = Array.from({ length: 60 }, (_, rollout) => simulate('seq guarded', cell, rollout));
    // Without delay or settling a step is a period, as in the bench; the first one is joined at some second of it.
    const own = chances(
      rolloutsOf(
        judged('sequential', { delay: 0, settle: 0, metrics: [writtenSpec().analysis.metrics[0]] }),
        traffic(100),
      ),
      { errors: 0.01, latency: 1 },
      60,
    );
    expect(own.rolledBack).toBe(1);
    const minutes = median(endings.map((ending) => ending.minutes));
    expect(Math.abs((own.half ?? Number.NaN) / 60 - minutes)).toBeLessThanOrEqual(1);
    const failed = endings.reduce((sum, ending) => sum + ending.failed, 0) / endings.length;
    expect(own.failed / failed).toBeGreaterThan(0.6);
    expect(own.failed / failed).toBeLessThan(1.6);
  });
});

test('the same draws give the same forecast', () => {
  const once = () => forecast(judged('sequential'), traffic(20), 4);
  expect(JSON.stringify(once())).toBe(JSON.stringify(once()));
});

test('a rollout takes at least the steps’ settling, periods and delays, and under one step more', () => {
  const { shortest, healthy, steps } = forecast(judged('threshold'), traffic(100), 10, {
    regressions: false,
    advise: false,
  });
  expect(healthy.promoted).toBe(1);
  expect(healthy.half).toBeGreaterThanOrEqual(shortest);
  expect(healthy.half).toBeLessThan(shortest + shortest / steps.length);
});

test('healthy releases are rolled back by no more than alpha', () => {
  expect(chances(rolloutsOf(judged('sequential'), traffic(20)), HEALTHY, 100).rolledBack).toBeLessThanOrEqual(
    0.01,
  );
});

test('less traffic shows only larger regressions, and later', () => {
  const smallest = (rps: number) =>
    forecast(judged('sequential'), traffic(rps), 12, { regressions: false, advise: false }).smallest.errors;
  const [few, many] = [smallest(2), smallest(200)];
  expect(few?.regression.errors).toBeGreaterThan(many?.regression.errors ?? 1);
});

test('where most would end inconclusive it is never, and what is named as a help does help', () => {
  const { speed, advice, healthy } = forecast(judged('sequential'), traffic(1), 12, { regressions: false });
  expect(speed).toBe('never');
  expect(healthy.inconclusive).toBeGreaterThan(0.4);
  expect(advice.some(({ change }) => change.startsWith('analysis.deadline: '))).toBe(true);
  expect(advice.some(({ change }) => change.endsWith('times the traffic'))).toBe(true);
  for (const each of advice) expect(each.speed).not.toBe('never');
});

test('a threshold at the usual rate is named for what it does: healthy releases rolled back', () => {
  const { healthy, advice } = forecast(judged('threshold'), traffic(100, 0.01), 10, { regressions: false });
  expect(healthy.rolledBack).toBeGreaterThan(0.5);
  expect(advice.map(({ change }) => change)).toContain('analysis.judge: sequential');
});

test('gates, hooks and freezes wait for people and calendars, so a plan leaves them out', () => {
  const gated = { ...judged('threshold'), gates: [{ before: 'increase' as const, timeout: 86_400 }] };
  const options = { regressions: false, advise: false };
  expect(forecast(gated, traffic(100), 4, options).healthy.promoted).toBe(1);
});

test('what is decided in minutes needs no advice', () => {
  const quick = judged('sequential', { delay: 0, settle: 0, mode: 'fast' });
  const { speed, advice } = forecast(quick, traffic(1000), 10);
  expect([speed, advice]).toEqual(['minutes', []]);
});
