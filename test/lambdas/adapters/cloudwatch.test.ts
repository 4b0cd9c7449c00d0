import {
  CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  type Metric,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { CloudWatchSource } from '../../../lambdas/adapters/cloudwatch/cloudwatch.ts';
import type { MetricIdentity } from '../../../lambdas/core/evidence.ts';

const cloudWatch = mockClient(CloudWatchClient);
const router = { mesh: 'global', nodes: { primary: 'podinfo-primary', canary: 'podinfo-canary' } };
const sourceOf = (...callers: string[]) =>
  new CloudWatchSource(new CloudWatchClient({ region: 'eu-west-1' }), {
    namespace: 'AppMesh',
    callers,
    delay: 0,
    period: 60,
  });

const metric = (dimensions: Record<string, string>): Metric => ({
  Namespace: 'AppMesh',
  MetricName: 'RequestCountPerTarget',
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});
const towards = (target: string, caller = 'frontend', more: Record<string, string> = {}) => ({
  Mesh: 'global',
  VirtualNode: caller,
  TargetVirtualService: 'podinfo.test',
  TargetVirtualNode: target,
  ...more,
});

const NOON = Date.parse('2026-11-21T12:00:00Z');
const at = (minute: number) => new Date(NOON + minute * 60_000);
const range = { from: at(0), to: at(2), limits: [500], percentiles: [99] };

const identityOf = (...callers: string[]): MetricIdentity => ({
  series: callers.flatMap((caller) => [
    { caller, side: 'primary' as const, dimensions: towards('podinfo-primary', caller) },
    { caller, side: 'canary' as const, dimensions: towards('podinfo-canary', caller) },
  ]),
});

const keyOf = ({ MetricStat: stat }: MetricDataQuery): string => {
  const value = (name: string) => stat?.Metric?.Dimensions?.find(({ Name }) => Name === name)?.Value;
  return `${value('VirtualNode')}>${value('TargetVirtualNode')} ${stat?.Metric?.MetricName} ${stat?.Stat}`;
};

/** Answers each query from a table of values at 12:00, by caller, target, metric and statistic. */
const answerFrom = (table: Record<string, number>) =>
  cloudWatch.on(GetMetricDataCommand).callsFake(async ({ MetricDataQueries }) => ({
    MetricDataResults: (MetricDataQueries as MetricDataQuery[]).map((query) => {
      const value = table[keyOf(query)];
      return {
        Id: query.Id,
        StatusCode: 'Complete',
        Timestamps: value === undefined ? [] : [at(0)],
        Values: value === undefined ? [] : [value],
      };
    }),
  }));

beforeEach(() => cloudWatch.reset());

describe('finding the series', () => {
  it("takes the primary's dimensions and replaces the target for a canary that has had no request yet", async () => {
    cloudWatch.on(ListMetricsCommand).resolves({ Metrics: [metric(towards('podinfo-primary'))] });
    const identity = await sourceOf('frontend').identify(router);
    expect(identity.series).toEqual([
      { caller: 'frontend', side: 'primary', dimensions: towards('podinfo-primary') },
      { caller: 'frontend', side: 'canary', dimensions: towards('podinfo-canary') },
    ]);
    expect(identity.xRay).toEqual({ primary: 'global/podinfo-primary', canary: 'global/podinfo-canary' });
    expect(identity.unseen).toBeUndefined();
  });

  it('reads all pages, leaves out callers that are not listed, other meshes and coarser sets of dimensions', async () => {
    const coarse = { Mesh: 'global', VirtualNode: 'frontend', TargetVirtualNode: 'podinfo-primary' };
    cloudWatch
      .on(ListMetricsCommand)
      .resolvesOnce({
        Metrics: [metric(coarse), metric(towards('podinfo-primary', 'loadtester'))],
        NextToken: 'b',
      })
      .resolvesOnce({
        Metrics: [
          metric(towards('podinfo-primary')),
          metric(towards('podinfo-primary', 'frontend', { Mesh: 'other' })),
        ],
      });
    const { series } = await sourceOf('frontend').identify(router);
    expect(series.map(({ dimensions }) => dimensions)).toEqual([
      towards('podinfo-primary'),
      towards('podinfo-canary'),
    ]);
  });

  it('refuses a metric without a version in its dimensions, with the dimensions it has and what to declare', async () => {
    cloudWatch
      .on(ListMetricsCommand)
      .resolves({ Metrics: [metric({ ClusterName: 'eu', Namespace: 'test' })] });
    await expect(sourceOf('frontend').identify(router)).rejects.toMatchObject({
      name: 'Canary.Refused',
      message: expect.stringMatching(/\[ClusterName, Namespace\].*metric_declaration.*TargetVirtualNode/s),
    });
  });

  it('assumes the dimensions of a caller that has reported nothing, and says so', async () => {
    cloudWatch.on(ListMetricsCommand).resolves({ Metrics: [metric(towards('podinfo-primary'))] });
    const { series, unseen } = await sourceOf('frontend', 'batch').identify(router);
    expect(unseen).toEqual(['batch']);
    expect(series).toContainEqual({
      caller: 'batch',
      side: 'canary',
      dimensions: towards('podinfo-canary', 'batch'),
    });
  });

  it('looks again with each reading for callers that were unseen', async () => {
    cloudWatch.on(ListMetricsCommand).resolves({ Metrics: [] });
    const source = sourceOf('frontend');
    const identity = await source.identify(router);
    expect(identity.unseen).toEqual(['frontend']);
    cloudWatch.on(ListMetricsCommand).resolves({ Metrics: [metric(towards('podinfo-primary'))] });
    answerFrom({ 'frontend>podinfo-canary RequestCountPerTarget Sum': 7 });
    await source.periods({ identity, ...range });
    const [call] = cloudWatch.commandCalls(GetMetricDataCommand);
    const sent = call?.args[0].input.MetricDataQueries?.[0]?.MetricStat?.Metric?.Dimensions;
    expect(sent).toContainEqual({ Name: 'TargetVirtualService', Value: 'podinfo.test' });
  });

  it('finds the names that the Prometheus and statsd agents write', async () => {
    cloudWatch
      .on(ListMetricsCommand)
      .resolves({ Metrics: [] })
      .on(ListMetricsCommand, { MetricName: 'envoy_appmesh_RequestCountPerTarget' })
      .resolves({ Metrics: [metric(towards('podinfo-primary'))] });
    expect((await sourceOf('frontend').identify(router)).prefix).toBe('envoy_appmesh_');
  });
});

describe('reading periods', () => {
  it('sums the listed callers, takes a missing 5xx count beside requests as 0, and the highest percentile', async () => {
    answerFrom({
      'frontend>podinfo-canary RequestCountPerTarget Sum': 200,
      'batch>podinfo-canary RequestCountPerTarget Sum': 100,
      'batch>podinfo-canary HTTPCode_Target_5XX_Count Sum': 3,
      'frontend>podinfo-canary TargetResponseTime SampleCount': 200,
      'batch>podinfo-canary TargetResponseTime SampleCount': 100,
      'frontend>podinfo-canary TargetResponseTime TC(500:)': 4,
      'batch>podinfo-canary TargetResponseTime TC(500:)': 1,
      'frontend>podinfo-canary TargetResponseTime p99': 612,
      'batch>podinfo-canary TargetResponseTime p99': 90,
      'frontend>podinfo-primary RequestCountPerTarget Sum': 5700,
    });
    const periods = await sourceOf('frontend', 'batch').periods({
      identity: identityOf('frontend', 'batch'),
      ...range,
    });
    expect(periods).toEqual([
      {
        start: at(0).toISOString(),
        end: at(1).toISOString(),
        canary: { requests: 300, failures: 3, timed: 300, slower: { 500: 5 }, percentiles: { 99: 612 } },
        primary: { requests: 5700, failures: 0 },
      },
    ]);
  });

  it('gives no sum of slow requests when one caller has none counted: the percentile is left', async () => {
    answerFrom({
      'frontend>podinfo-canary RequestCountPerTarget Sum': 200,
      'frontend>podinfo-canary TargetResponseTime SampleCount': 200,
      'frontend>podinfo-canary TargetResponseTime p99': 480,
    });
    const [period] = await sourceOf('frontend').periods({ identity: identityOf('frontend'), ...range });
    expect(period?.canary).toEqual({ requests: 200, failures: 0, timed: 200, percentiles: { 99: 480 } });
  });

  it('aligns inwards and asks for nothing when no period fits', async () => {
    const early = new Date(NOON + 5_000);
    const late = new Date(NOON + 119_000);
    expect(
      await sourceOf('frontend').periods({
        ...range,
        identity: identityOf('frontend'),
        from: early,
        to: late,
      }),
    ).toEqual([]);
    expect(cloudWatch.calls()).toHaveLength(0);
  });

  it('puts the pages of an answer together', async () => {
    cloudWatch
      .on(GetMetricDataCommand)
      .resolvesOnce({
        MetricDataResults: [{ Id: 'q0', StatusCode: 'PartialData', Timestamps: [at(0)], Values: [10] }],
        NextToken: 'more',
      })
      .resolvesOnce({
        MetricDataResults: [{ Id: 'q0', StatusCode: 'Complete', Timestamps: [at(1)], Values: [20] }],
      });
    const periods = await sourceOf('frontend').periods({ identity: identityOf('frontend'), ...range });
    expect(periods.map(({ primary }) => primary?.requests)).toEqual([10, 20]);
    expect(cloudWatch.commandCalls(GetMetricDataCommand)[1]?.args[0].input.NextToken).toBe('more');
  });

  it('reads again when data stays partial, and is Canary.Transient when it still does', async () => {
    const partial = {
      MetricDataResults: [{ Id: 'q0', StatusCode: 'PartialData' as const, Timestamps: [at(0)], Values: [1] }],
    };
    const whole = {
      MetricDataResults: [{ Id: 'q0', StatusCode: 'Complete' as const, Timestamps: [at(0)], Values: [9] }],
    };
    cloudWatch.on(GetMetricDataCommand).resolvesOnce(partial).resolvesOnce(whole);
    const source = sourceOf('frontend');
    const [period] = await source.periods({ identity: identityOf('frontend'), ...range });
    expect(period?.primary?.requests).toBe(9);
    cloudWatch.on(GetMetricDataCommand).resolves(partial);
    await expect(source.periods({ identity: identityOf('frontend'), ...range })).rejects.toMatchObject({
      name: 'Canary.Transient',
    });
  });

  it('asks at most 500 queries a call', async () => {
    answerFrom({});
    const callers = Array.from({ length: 60 }, (_, index) => `caller-${index}`);
    await sourceOf(...callers).periods({ identity: identityOf(...callers), ...range });
    const sizes = cloudWatch
      .commandCalls(GetMetricDataCommand)
      .map(({ args }) => args[0].input.MetricDataQueries?.length);
    expect(sizes).toEqual([500, 100]);
  });

  it.each([
    ['AccessDenied', 403, 'Canary.AccessDenied'],
    ['ThrottlingException', 400, 'Canary.Transient'],
    ['InternalServiceError', 500, 'Canary.Transient'],
  ])('fails %s as %s %s', async (name, httpStatusCode, expected) => {
    cloudWatch
      .on(GetMetricDataCommand)
      .rejects(Object.assign(new Error('no'), { name, $metadata: { httpStatusCode } }));
    await expect(
      sourceOf('frontend').periods({ identity: identityOf('frontend'), ...range }),
    ).rejects.toMatchObject({ name: expected });
  });

  it('fails a query that CloudWatch forbids within an answer as Canary.AccessDenied', async () => {
    cloudWatch
      .on(GetMetricDataCommand)
      .resolves({ MetricDataResults: [{ Id: 'q0', StatusCode: 'Forbidden' }] });
    await expect(
      sourceOf('frontend').periods({ identity: identityOf('frontend'), ...range }),
    ).rejects.toMatchObject({ name: 'Canary.AccessDenied' });
  });
});
