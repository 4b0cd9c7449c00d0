import type { GetMetricDataOutput, ListMetricsOutput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { cloudWatch, MINUTE, START } from './fixture.ts';

const DAY = 24 * 60 * MINUTE;

const metric = (id: string, stat: string, { name = 'Latency', period = 60, version = 'a' } = {}) => ({
  Id: id,
  MetricStat: {
    Metric: { Namespace: 'Shop', MetricName: name, Dimensions: [{ Name: 'Version', Value: version }] },
    Period: period,
    Stat: stat,
  },
});

const minutes = (from: number, to: number) => ({
  StartTime: new Date(START + from * MINUTE),
  EndTime: new Date(START + to * MINUTE),
});

const put = (name: string, at: number, measurement: object, version = 'a') => ({
  Namespace: 'Shop',
  MetricData: [
    {
      MetricName: name,
      Dimensions: [{ Name: 'Version', Value: version }],
      Timestamp: new Date(at),
      ...measurement,
    },
  ],
});

const filled = () => {
  const world = cloudWatch(START - 20 * MINUTE);
  for (let minute = -20; minute < 0; minute++) {
    world.call(
      'PutMetricData',
      put('Latency', START + minute * MINUTE, { Values: [10, 500], Counts: [98, 2] }),
    );
    world.call('PutMetricData', put('Latency', START + minute * MINUTE, { Value: 20 }, 'b'));
    if (minute % 2 === 0)
      world.call('PutMetricData', put('Faults', START + minute * MINUTE + 59_999, { Value: 4 }));
  }
  world.clock.moveTo(START);
  return world;
};

const valuesOf = (output: GetMetricDataOutput) =>
  Object.fromEntries((output.MetricDataResults ?? []).map(({ Id = '', Values }) => [Id, Values]));

describe('GetMetricData', () => {
  it('answers newest first, aligned to the epoch, the end exclusive', () => {
    const { call } = filled();
    const { MetricDataResults } = call<GetMetricDataOutput>('GetMetricData', {
      MetricDataQueries: [metric('n', 'SampleCount', { period: 300 })],
      ...minutes(-10, 0),
    });
    expect(MetricDataResults).toEqual([
      {
        Id: 'n',
        Label: 'Latency',
        Timestamps: [new Date(START - 5 * MINUTE), new Date(START - 10 * MINUTE)],
        Values: [500, 500],
        StatusCode: 'Complete',
      },
    ]);
  });

  it('leaves out periods without data, and FILL puts them back', () => {
    const { call } = filled();
    const output = call<GetMetricDataOutput>('GetMetricData', {
      MetricDataQueries: [
        { ...metric('n', 'SampleCount'), ReturnData: false },
        metric('faults', 'Sum', { name: 'Faults' }),
        { Id: 'rate', Expression: '100 * FILL(faults, 0) / n' },
      ],
      ScanBy: 'TimestampAscending',
      ...minutes(-4, 0),
    });
    expect(valuesOf(output)).toEqual({ faults: [4, 4], rate: [4, 0, 4, 0] });
  });

  it('sums what a search finds', () => {
    const { call } = filled();
    const output = call<GetMetricDataOutput>('GetMetricData', {
      MetricDataQueries: [
        { Id: 'each', Expression: `SEARCH('{Shop,Version} MetricName="Latency"', 'SampleCount', 60)` },
        {
          Id: 'all',
          Expression: `SUM(SEARCH('{Shop,Version} MetricName="Latency" Version=("a" OR "b")', 'SampleCount', 60))`,
        },
      ],
      ...minutes(-1, 0),
    });
    expect(output.MetricDataResults?.map(({ Id, Label, Values }) => [Id, Label, Values])).toEqual([
      ['each', 'a Latency', [100]],
      ['each', 'b Latency', [1]],
      ['all', 'SUM', [101]],
    ]);
  });

  it.each([
    'ANOMALY_DETECTION_BAND(n)',
    'RATE(n)',
    'n +',
    'n > 5',
    'FILL(n, REPEAT)',
    'missing + 1',
    'SUM(n)',
  ])('refuses %s by name instead of guessing', (Expression) => {
    const { call } = filled();
    const queries = [metric('n', 'Sum'), { Id: 'e', Expression }];
    expect(() => call('GetMetricData', { MetricDataQueries: queries, ...minutes(-4, 0) })).toThrowError(
      expect.objectContaining({ name: 'ValidationException', message: expect.stringContaining(Expression) }),
    );
  });

  it('pages over all queries together; a line that goes on is PartialData', () => {
    const { call } = filled();
    const input = {
      MetricDataQueries: [
        metric('a', 'Sum'),
        metric('b', 'Sum', { version: 'b' }),
        metric('none', 'Sum', { version: 'c' }),
      ],
      MaxDatapoints: 6,
      ...minutes(-5, 0),
    };
    const pages: unknown[] = [];
    let token: string | undefined;
    do {
      const page: GetMetricDataOutput = call('GetMetricData', { ...input, NextToken: token });
      pages.push(
        page.MetricDataResults?.map(({ Id, Values, StatusCode }) => [Id, Values?.length, StatusCode]),
      );
      token = page.NextToken;
    } while (token !== undefined);
    expect(pages).toEqual([
      [
        ['a', 5, 'Complete'],
        ['b', 1, 'PartialData'],
        ['none', 0, 'Complete'],
      ],
      [['b', 4, 'Complete']],
    ]);
  });

  it('keeps accounts and regions apart', () => {
    const { call } = filled();
    const input = { MetricDataQueries: [metric('n', 'Sum')], ...minutes(-5, 0) };
    expect(valuesOf(call('GetMetricData', input, { region: 'us-east-1' }))).toEqual({ n: [] });
    expect(valuesOf(call('GetMetricData', input, { account: '999999999999' }))).toEqual({ n: [] });
  });

  it('has seconds for high-resolution points only, and only for three hours', () => {
    const { call, clock } = cloudWatch();
    for (const second of [0, 10, 20]) {
      const at = START - MINUTE + second * 1_000;
      call('PutMetricData', put('Latency', at, { Value: second, StorageResolution: 1 }));
      call('PutMetricData', put('Faults', at, { Value: 1 }));
    }
    const ask = (name: string, period: number) =>
      valuesOf(
        call('GetMetricData', {
          MetricDataQueries: [metric('n', 'Sum', { name, period })],
          ...minutes(-1, 0),
        }),
      ).n;
    expect(ask('Latency', 10)).toEqual([20, 10, 0]);
    expect(ask('Latency', 60)).toEqual([30]);
    expect(ask('Faults', 10)).toEqual([]);
    clock.moveTo(START + 4 * 60 * MINUTE);
    expect(ask('Latency', 10)).toEqual([]);
    expect(ask('Latency', 60)).toEqual([30]);
  });
});

describe('SEARCH and ListMetrics', () => {
  const search = {
    MetricDataQueries: [{ Id: 's', Expression: `SEARCH('{Shop,Version} Latency', 'Sum', 300)` }],
  };

  it('do not see a series in its first 15 minutes, nor one that was silent for two weeks', () => {
    const { call, clock } = cloudWatch();
    call('PutMetricData', put('Latency', START, { Value: 1 }));
    const seen = (at: number) => {
      clock.moveTo(at);
      const range = { StartTime: new Date(START), EndTime: new Date(START + 5 * MINUTE) };
      const found = call<GetMetricDataOutput>('GetMetricData', { ...search, ...range }).MetricDataResults
        ?.length;
      expect(call<ListMetricsOutput>('ListMetrics', { Namespace: 'Shop' }).Metrics?.length).toBe(found);
      return found;
    };
    expect(seen(START + 14 * MINUTE)).toBe(0);
    expect(seen(START + 15 * MINUTE)).toBe(1);
    expect(seen(START + 14 * DAY)).toBe(1);
    expect(seen(START + 14 * DAY + 1)).toBe(0);
  });

  it('ListMetrics filters by dimension and pages by 500', () => {
    const { call, clock, store } = cloudWatch();
    for (let index = 0; index < 600; index++)
      store.record({ namespace: 'Shop', name: 'N', dimensions: { Id: String(index) }, at: START, value: 1 });
    clock.moveTo(START + 20 * MINUTE);
    const first = call<ListMetricsOutput>('ListMetrics', { MetricName: 'N', Dimensions: [{ Name: 'Id' }] });
    expect(first.Metrics).toHaveLength(500);
    expect(call<ListMetricsOutput>('ListMetrics', { NextToken: first.NextToken }).Metrics).toHaveLength(100);
    const one = call<ListMetricsOutput>('ListMetrics', { Dimensions: [{ Name: 'Id', Value: '7' }] });
    expect(one.Metrics).toEqual([
      { Namespace: 'Shop', MetricName: 'N', Dimensions: [{ Name: 'Id', Value: '7' }] },
    ]);
  });
});
