import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from 'vitest';
import { CloudWatchReader } from '../../../lambdas/adapters/own-metrics/cloudwatch-reader.ts';
import { OwnMetricsOf } from '../../../lambdas/adapters/own-metrics/own-metrics.ts';
import type { OwnReader } from '../../../lambdas/adapters/own-metrics/reader.ts';
import { CanaryError, ErrorName } from '../../../lambdas/core/errors.ts';
import type { MetricSource } from '../../../lambdas/core/ports.ts';
import { withOwn } from '../../../lambdas/core/sources.ts';
import type { NumberSpec } from '../../../lambdas/core/spec/metrics.ts';
import { cloudWatchBehaviours } from '../../../sandbox/cloudwatch/behaviours.ts';
import { MetricStore } from '../../../sandbox/cloudwatch/metric-store.ts';
import { ACCOUNT, localEdge, REGION } from '../../sandbox/aws/local-edge.ts';

const NOON = Date.UTC(2026, 10, 21, 11);
const at = (minute: number) => new Date(NOON + minute * 60_000);
const NAMES = {
  service: 'shop',
  mesh: 'global',
  namespace: 'test',
  nodes: { primary: 'shop-primary', canary: 'shop-canary' },
  deployments: { primary: 'shop-primary', canary: 'shop' },
  period: 60,
};

/** The reader over the sandbox's own CloudWatch. */
const create = async () => {
  let stored: MetricStore | undefined;
  const { config } = await localEdge({
    services: (_iam, clock) => {
      stored = new MetricStore({ clock, home: { account: ACCOUNT, region: REGION } });
      return { cloudwatch: cloudWatchBehaviours(stored) };
    },
  });
  const put = (name: string, minute: number, value: number, dimensions: Record<string, string> = {}) =>
    stored?.record({
      namespace: 'Shop',
      name,
      dimensions,
      value,
      at: NOON + minute * 60_000,
      publishedAt: NOON + (minute + 1) * 60_000,
    });
  return { reader: new CloudWatchReader(new CloudWatchClient(config()), NAMES), put };
};

const numbersOf = async (reader: OwnReader, query: NumberSpec['query'], minutes = 3) => {
  const metric: NumberSpec = { name: 'n', query, max: 1 };
  const own = new OwnMetricsOf([], [{ metric, reader }], 60);
  const found = await own.periods({ from: at(0), to: at(minutes) });
  return found.map(({ numbers }) => numbers?.n);
};

const DEPTH = { namespace: 'Shop', metric: 'Depth', stat: 'Maximum', dimensions: {} };

describe('queries of a spec’s own, at CloudWatch', () => {
  test('a number is the newest finished datapoint at each period’s end, of the canary', async () => {
    const { reader, put } = await create();
    put('Depth', 0, 5, { Version: 'shop' });
    put('Depth', 1, 7, { Version: 'shop' });
    put('Depth', 1, 9, { Version: 'shop-primary' });
    const query = { ...DEPTH, dimensions: { Version: '{{ deployment }}' } };
    expect(await numbersOf(reader, query)).toEqual([5, 7, undefined]);
  });

  test('a datapoint of five minutes stands until the next one ends, and no longer', async () => {
    const { reader, put } = await create();
    put('Depth', -4, 40);
    expect(await numbersOf(reader, { ...DEPTH, period: 300 }, 7)).toEqual([
      40,
      40,
      40,
      40,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('metric math gives its last part', async () => {
    const { reader, put } = await create();
    put('Depth', 0, 30);
    put('Workers', 0, 4);
    const query = [
      { id: 'depth', ...DEPTH },
      { id: 'workers', ...DEPTH, metric: 'Workers' },
      { id: 'each', expression: 'depth / workers' },
    ];
    expect(await numbersOf(reader, query, 1)).toEqual([7.5]);
  });

  test('several series are refused by the metric’s name, with what makes one of them', async () => {
    const { reader, put } = await create();
    put('Depth', 0, 5, { Version: 'a' });
    put('Depth', 0, 6, { Version: 'b' });
    const search = "SEARCH('{Shop,Version} MetricName=\"Depth\"', 'Maximum', 60)";
    const own = new OwnMetricsOf([], [{ metric: { name: 'n', query: search, max: 1 }, reader }], 60);
    await expect(own.check({ from: at(0), to: at(1) })).rejects.toMatchObject({
      name: 'Canary.Refused',
      message: expect.stringMatching(
        /^analysis\.source of n: a CloudWatch query must give one series, got 2/,
      ),
    });
    expect(await numbersOf(reader, `MAX(${search})`, 1)).toEqual([6]);
  });

  test('counts are per side and period; nothing bad beside what there was is 0, and nothing at all is nothing', async () => {
    const { reader, put } = await create();
    put('Orders', 0, 100, { Version: 'shop' });
    put('Refused', 0, 3, { Version: 'shop' });
    put('Orders', 0, 900, { Version: 'shop-primary' });
    const counts = (metric: string) => ({
      namespace: 'Shop',
      metric,
      stat: 'Sum',
      dimensions: { Version: '{{deployment}}' },
    });
    const metric = { name: 'refused', total: counts('Orders'), bad: counts('Refused') };
    const own = new OwnMetricsOf([{ metric, reader }], [], 60);
    const [first, second] = await own.periods({ from: at(0), to: at(2) });
    expect(first).toMatchObject({
      canary: { refused: { requests: 100, bad: 3 } },
      primary: { refused: { requests: 900, bad: 0 } },
    });
    expect(second).toEqual({ start: at(1).toISOString(), end: at(2).toISOString() });
  });
});

describe('a source that is away', () => {
  const failing = (name: ErrorName): OwnReader => ({
    counts: async () => ({}),
    numbers: async () => {
      throw new CanaryError(name, 'Prometheus answered 503');
    },
  });
  const steady: OwnReader = { counts: async () => ({}), numbers: async () => [1, 2] };
  const own = (name: ErrorName) =>
    new OwnMetricsOf(
      [],
      [
        { metric: { name: 'away', query: 'x', max: 1 }, reader: failing(name) },
        { metric: { name: 'here', query: 'x', max: 1 }, reader: steady },
      ],
      60,
    );
  const span = { from: at(0), to: at(2) };

  test('leaves the other numbers alone, and is told of with the newest period', async () => {
    expect(await own(ErrorName.Transient).periods(span)).toMatchObject([
      { numbers: { here: 1 } },
      { numbers: { here: 2 }, unread: { away: 'Prometheus answered 503' } },
    ]);
  });

  test('for good is an error by the metric’s name beforehand, and told of like any other later', async () => {
    expect((await own(ErrorName.AccessDenied).periods(span))[1]).toMatchObject({
      unread: { away: 'Prometheus answered 503' },
    });
    await expect(own(ErrorName.Transient).check(span)).resolves.toBeUndefined();
    await expect(own(ErrorName.AccessDenied).check(span)).rejects.toMatchObject({
      name: 'Canary.AccessDenied',
      message: 'analysis.source of away: Prometheus answered 503',
    });
  });
});

test('numbers join the periods of the source, and stand alone where it has none', async () => {
  const counts = { requests: 10, failures: 0 };
  const period = (minute: number) => ({ start: at(minute).toISOString(), end: at(minute + 1).toISOString() });
  const source: MetricSource = {
    identify: async () => ({ series: [] }),
    primaryPercentiles: async () => ({ milliseconds: {} }),
    periods: async () => [{ ...period(1), canary: counts, primary: counts }],
  };
  const joined = withOwn(source, {
    check: async () => undefined,
    periods: async () => [
      { ...period(0), numbers: { depth: 1 } },
      { ...period(1), numbers: { depth: 2 }, canary: { odd: { requests: 5, bad: 1 } } },
      period(2),
    ],
  });
  const query = {
    identity: { series: [] },
    from: at(0),
    to: at(3),
    limits: { primary: [], canary: [] },
    percentiles: [],
  };
  expect(await joined.periods(query)).toEqual([
    { ...period(0), numbers: { depth: 1 } },
    {
      ...period(1),
      canary: { ...counts, custom: { odd: { requests: 5, bad: 1 } } },
      primary: counts,
      numbers: { depth: 2 },
    },
  ]);
});
