import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PrometheusClient } from '../../../../lambdas/adapters/prometheus/client.ts';
import { interpolated, nearestEdge, slowerThan } from '../../../../lambdas/adapters/prometheus/histogram.ts';
import { queriesOf } from '../../../../lambdas/adapters/prometheus/queries.ts';
import {
  boundariesOf,
  expectedRises,
  partsOf,
  risesOf,
} from '../../../../lambdas/adapters/prometheus/rises.ts';

const series = (...values: (number | undefined)[]) => ({
  labels: {},
  values: new Map(values.flatMap((value, index) => (value === undefined ? [] : [[index, value] as const]))),
});
const rises = (expected: number, ...all: ReturnType<typeof series>[]) => {
  const boundaries = boundariesOf(0, 3, 1);
  return risesOf(all, boundaries, [expected, expected, expected]);
};

describe('what counters rose by', () => {
  test('is read at the boundaries, so each request counts in exactly one period', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }), (steps) => {
        let total = 0;
        const counter = series(...steps.map((step) => (total += step)));
        const found = rises(0, counter);
        expect(found.reduce<number>((sum, rise = 0) => sum + rise, 0)).toBe(total - (steps[0] ?? 0));
      }),
    );
  });

  test('after a restart is what the counter shows, where that can be', () => {
    expect(rises(100, series(1000, 1100, 40, 90))).toEqual([100, 40, 50]);
  });

  test('keeps what a counter had counted before a restart within the period, where it is read in parts', () => {
    const restarted = series(1000, 1030, 1060, 25, 40);
    expect(risesOf([restarted], [0, 4], [100], 4)).toEqual([100]);
    expect(risesOf([restarted], [0, 4], [100])).toEqual([40]);
  });

  test.each([
    [60_000, 60, 4],
    [10_000, 60, 1],
    [300_000, 12, 20],
    [60_000, 180, 1],
  ])('periods of %d ms, %d of them, are read in %d parts', (period, count, parts) => {
    expect(partsOf(boundariesOf(0, period * count, period))).toBe(parts);
  });

  test('is not known where a counter comes back with all its past', () => {
    expect(rises(100, series(undefined, 50_000, 50_100, 50_200))).toEqual([undefined, 100, 100]);
    expect(rises(100, series(1000, 1100, 1200, 1300), series(undefined, undefined, 9000, 9100))).toEqual([
      100,
      undefined,
      200,
    ]);
  });

  test('a pod that ends takes nothing back, and one that begins adds what it has', () => {
    expect(rises(100, series(1000, 1100, undefined), series(undefined, undefined, 80, 160))).toEqual([
      100, 80, 80,
    ]);
  });

  test('a new counter may show as much as the largest known one rose by, or a little', () => {
    const boundaries = boundariesOf(0, 2, 1);
    expect(expectedRises([series(0, 900, 910)], boundaries)).toEqual([900, 50]);
    expect(expectedRises([], boundaries)).toEqual([50, 50]);
  });
});

describe('a histogram', () => {
  const cumulative = [
    [50, 800],
    [100, 950],
    [250, 990],
    [Number.POSITIVE_INFINITY, 1000],
  ] as const;

  test('counts above the first edge at or above a limit', () => {
    expect([40, 50, 51, 250, 300].map((limit) => slowerThan(cumulative, limit))).toEqual([
      200, 200, 50, 10, 0,
    ]);
  });

  test('interpolates as histogram_quantile does, and never beyond the last finite edge', () => {
    expect(interpolated(cumulative, 50)).toBeCloseTo(31.25);
    expect(interpolated(cumulative, 99.9)).toBe(250);
    expect(interpolated([], 50)).toBeUndefined();
  });

  test('has a nearest edge only where some requests lie beyond it', () => {
    expect([75, 95, 99].map((percentile) => nearestEdge(cumulative, percentile))).toEqual([50, 100, 250]);
    expect(
      nearestEdge(
        [
          [50, 10],
          [Number.POSITIVE_INFINITY, 10],
        ],
        99,
      ),
    ).toBeUndefined();
  });
});

test('a spec’s own queries have the names of their side filled in, and seconds become milliseconds', () => {
  const names = {
    service: 'shop',
    period: 60,
    mesh: 'global',
    namespace: 'shop',
    nodes: { primary: 'a-node', canary: 'b-node' },
    deployments: { primary: 'a', canary: 'b' },
  };
  const queries = {
    requests: 'http_requests_total{pod=~"{{deployment}}-.*",ns="{{namespace}}"}',
    failures: 'x{node="{{target}}"}',
    unit: 's' as const,
  };
  expect(queriesOf({ url: 'http://p', queries, delay: 30, period: 60 }, 'canary', names)).toEqual({
    requests: 'http_requests_total{pod=~"b-.*",ns="shop"}',
    failures: 'x{node="b-node"}',
    msPerUnit: 1000,
  });
});

describe('the client', () => {
  const answering = (status: number, body: unknown) => async () => ({
    status,
    text: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const range = { from: 0, to: 60_000, step: 60_000 };
  const ask = (status: number, body: unknown) =>
    new PrometheusClient('https://p.example/', { send: answering(status, body) }).range('x', range);

  test.each([
    [403, { message: 'no' }, 'Canary.AccessDenied'],
    [503, 'upstream is away', 'Canary.Transient'],
    [422, { status: 'error', error: 'query timed out' }, 'Canary.Transient'],
    [400, { status: 'error', error: 'parse error' }, 'Canary.Refused'],
    [200, { status: 'success', data: { resultType: 'scalar', result: [] } }, 'Canary.Refused'],
  ])('takes %s %j for %s', async (status, body, name) => {
    await expect(ask(status, body)).rejects.toMatchObject({ name });
  });

  test('asks for no more than 11,000 points at once, and puts the pages together', async () => {
    const asked: string[] = [];
    const send = async ({ searchParams }: URL) => {
      asked.push(`${searchParams.get('start')} ${searchParams.get('end')}`);
      const values = [[Number(searchParams.get('start')), '1']];
      const result = [{ metric: { a: 'b' }, values }];
      const text = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
      return { status: 200, text };
    };
    const found = await new PrometheusClient('https://p.example', { send }).range('x', {
      from: 0,
      to: 15_000_000,
      step: 1000,
    });
    expect(asked).toEqual(['0 9999', '10000 15000']);
    expect([...(found[0]?.values.keys() ?? [])]).toEqual([0, 10_000_000]);
  });
});
