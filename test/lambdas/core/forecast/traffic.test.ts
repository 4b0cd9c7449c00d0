import { expect, test } from 'vitest';
import { normalQuantile } from '../../../../lambdas/core/forecast/normal.ts';
import { latencyFrom, trafficOfPast } from '../../../../lambdas/core/forecast/past-traffic.ts';
import { random } from '../../../../lambdas/core/forecast/random.ts';
import {
  drawPeriod,
  HEALTHY,
  latencyQuantile,
  steadyTraffic,
} from '../../../../lambdas/core/forecast/traffic.ts';

const LATENCY = { medianMs: 50, sigma: 0.6 };
const drawn = (burst: number, periods: number, rps = 50, errors = 0.02) => {
  const draw = random(1, burst);
  const traffic = steadyTraffic({ rps, errors }, LATENCY, burst);
  return Array.from({ length: periods }, (_, index) =>
    drawPeriod(draw, traffic, HEALTHY, { start: index * 60, seconds: 60, share: 0.1 }, 0, [50, 100]),
  );
};

const varianceByMean = (values: readonly number[]): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / mean;
};

test('normal quantiles are those of the tables', () => {
  for (const [share, z] of [
    [0.5, 0],
    [0.75, 0.67449],
    [0.99, 2.32635],
  ] as const)
    expect(normalQuantile(share)).toBeCloseTo(z, 4);
});

test('a period has the requests, the failures and the slow requests that the traffic says', () => {
  const periods = drawn(1, 400);
  const sum = (of: (period: (typeof periods)[number]) => number | undefined) =>
    periods.reduce((total, period) => total + (of(period) ?? 0), 0);
  const requests = sum(({ canary }) => canary?.requests);
  expect(requests / (400 * 300)).toBeCloseTo(1, 1);
  expect(sum(({ canary }) => canary?.failures) / requests).toBeCloseTo(0.02, 2);
  expect(sum(({ canary }) => canary?.slower?.['50']) / requests).toBeCloseTo(0.5, 2);
  for (const { primary } of periods)
    expect(primary?.slower?.['100']).toBeLessThanOrEqual(primary?.slower?.['50'] ?? 0);
});

test.each([1, 5])('failures that come in groups of %s vary that much more than by chance', (burst) => {
  const failures = drawn(burst, 2000).map(({ primary }) => primary?.failures ?? 0);
  expect(varianceByMean(failures) / burst).toBeGreaterThan(0.85);
  expect(varianceByMean(failures) / burst).toBeLessThan(1.15);
});

test('the past gives its own rate, errors and bursts back, hour by hour', () => {
  const periods = [
    ...drawn(5, 24 * 60, 50),
    ...drawn(5, 24 * 60, 5).map(({ start, end, ...sides }) => ({
      start: new Date(Date.parse(start) + 86_400_000).toISOString(),
      end: new Date(Date.parse(end) + 86_400_000).toISOString(),
      ...sides,
    })),
  ];
  const span = { from: new Date(0), to: new Date(2 * 86_400_000) };
  const past = trafficOfPast(periods, span, LATENCY, 2);
  expect(past.usual.rps).toBeCloseTo(27.5, 0);
  expect(past.usual.errors).toBeCloseTo(0.02, 2);
  expect(past.burst).toBeGreaterThan(3);
  // Two draws begin at noon of either day: the busy one and the quiet one.
  expect(past.traffic(0).at(0).rps).toBeCloseTo(50, -1);
  expect(past.traffic(1).at(0).rps).toBeCloseTo(5, 0);
  // Past its end it goes on at its beginning.
  expect(past.traffic(1).at(86_400).rps).toBeCloseTo(50, -1);
});

test('a spread is read off the median and the 99th percentile, and not off a tail that is none', () => {
  const milliseconds = { 50: latencyQuantile(LATENCY, 0.5), 99: latencyQuantile(LATENCY, 0.99) };
  expect(latencyFrom({ milliseconds })?.sigma).toBeCloseTo(0.6, 3);
  expect(latencyFrom({ milliseconds: { 50: 100, 99: 100 } })).toBeUndefined();
  expect(latencyFrom({ milliseconds: {} })).toBeUndefined();
});
