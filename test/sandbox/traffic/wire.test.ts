import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  InvalidParameterValueException,
  PutMetricDataCommand,
  ValidationException,
} from '@aws-sdk/client-cloudwatch';
import {
  GetServiceGraphCommand,
  GetTimeSeriesServiceStatisticsCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { describe, expect, it } from 'vitest';
import { CloudWatchSource } from '../../../lambdas/adapters/cloudwatch/cloudwatch.ts';
import { XRaySource } from '../../../lambdas/adapters/xray/summary.ts';
import { cloudWatchBehaviours } from '../../../sandbox/cloudwatch/behaviours.ts';
import { MetricStore } from '../../../sandbox/cloudwatch/metric-store.ts';
import { ModelledTraffic } from '../../../sandbox/traffic/model/modelled-traffic.ts';
import { xrayBehaviours } from '../../../sandbox/xray/behaviours.ts';
import { TraceStore } from '../../../sandbox/xray/trace-store.ts';
import { ACCOUNT, localEdge, REGION } from '../aws/local-edge.ts';

const MINUTE = 60_000;
const HOME = { account: ACCOUNT, region: REGION };
const router = { mesh: 'global', nodes: { primary: 'podinfo-primary', canary: 'podinfo-canary' } };

/** An edge with two hours of podinfo's traffic behind it, a tenth of it on a canary that fails one request in five. */
const edgeWithTraffic = async () => {
  const local = await localEdge({
    services: (_, clock) => {
      let now = clock.now() - 120 * MINUTE;
      const past = { now: () => now };
      const store = new MetricStore({ clock: past, home: HOME });
      const traces = new TraceStore({ clock: past, home: HOME });
      new ModelledTraffic({
        clock: past,
        seed: 1,
        metrics: store,
        traces,
        schedule: [{ fromMs: 0, rps: 50 }],
        versions: {
          '6.0.2': { errorRate: 0.2, latency: { medianMs: 50, sigma: 0.6, slowShare: 0.1, slowAddMs: 800 } },
        },
        service: {
          mesh: router.mesh,
          virtualService: 'podinfo',
          callers: ['frontend'],
          targets: router.nodes,
        },
        split: () => ({ primary: 90, canary: 10 }),
        podsOf: (role) => [{ version: role === 'canary' ? '6.0.2' : '6.0.0', ready: 2 }],
      });
      now = clock.now();
      return { cloudwatch: cloudWatchBehaviours(store), xray: xrayBehaviours(traces) };
    },
  });
  const end = Math.floor(local.clock.now() / MINUTE) * MINUTE;
  return { end, cloudWatch: new CloudWatchClient(local.config()), xRay: new XRayClient(local.config()) };
};

describe('over the wire', () => {
  it("the product's own metric source reads modelled traffic, both versions over the same periods", async () => {
    const { end, cloudWatch } = await edgeWithTraffic();
    const source = new CloudWatchSource(cloudWatch, {
      namespace: 'AppMesh',
      callers: ['frontend'],
      period: 60,
    } as ConstructorParameters<typeof CloudWatchSource>[1]);
    const identity = await source.identify(router);
    expect(identity.unseen).toBeUndefined();
    const periods = await source.periods({
      identity,
      from: new Date(end - 10 * MINUTE),
      to: new Date(end),
      limits: { primary: [500], canary: [500] },
      percentiles: [99],
    });
    expect(periods).toHaveLength(10);
    const total = (pick: (period: (typeof periods)[number]) => number | undefined) =>
      periods.reduce((sum, period) => sum + (pick(period) ?? 0), 0);
    const canary = total(({ canary: of }) => of?.requests);
    expect(canary / 3_000).toBeCloseTo(1, 1);
    expect(total(({ canary: of }) => of?.failures) / canary).toBeCloseTo(0.2, 1);
    expect(total(({ canary: of }) => of?.slower?.['500']) / canary).toBeCloseTo(0.1, 1);
    expect(total(({ primary: of }) => of?.requests) / 27_000).toBeCloseTo(1, 1);
  });

  it("the product's own trace source reads both versions", async () => {
    const { end, xRay } = await edgeWithTraffic();
    const errors: unknown[] = [];
    const summary = await new XRaySource(xRay, (_, error) => errors.push(error)).summary({
      identity: { series: [], xRay: { primary: 'global/podinfo-primary', canary: 'global/podinfo-canary' } },
      from: new Date(end - 60 * MINUTE),
      to: new Date(end),
    });
    expect(errors).toEqual([]);
    expect((summary.canary?.faults ?? 0) / (summary.canary?.total ?? 0)).toBeCloseTo(0.2, 1);
    expect(summary.primary?.averageMs).toBeGreaterThan(50);
    const graph = await xRay.send(
      new GetServiceGraphCommand({ StartTime: new Date(end - MINUTE), EndTime: new Date(end) }),
    );
    expect(graph.Services?.map(({ Name }) => Name)).toEqual([
      'global/frontend',
      'global/podinfo-canary',
      'global/podinfo-primary',
    ]);
  });

  it('what an agent outside puts can be read back', async () => {
    const { end, cloudWatch } = await edgeWithTraffic();
    const Metric = { Namespace: 'Mine', MetricName: 'Time', Dimensions: [{ Name: 'Version', Value: 'a' }] };
    const Timestamp = new Date(end - MINUTE);
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'Mine',
        MetricData: [
          { ...Metric, Timestamp, Values: [10, 700], Counts: [9, 1], Unit: 'Milliseconds' } as never,
        ],
      }),
    );
    const range = { StartTime: Timestamp, EndTime: new Date(end) };
    const { MetricDataResults } = await cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'slow', MetricStat: { Metric, Period: 60, Stat: 'TC(500:)' } }],
        ...range,
      }),
    );
    expect(MetricDataResults).toMatchObject([
      { Id: 'slow', Values: [1], Timestamps: [Timestamp], StatusCode: 'Complete' },
    ]);
    const { Datapoints } = await cloudWatch.send(
      new GetMetricStatisticsCommand({ ...Metric, ...range, Period: 60, ExtendedStatistics: ['p90'] }),
    );
    expect(Datapoints).toMatchObject([{ ExtendedStatistics: { p90: 10 }, Unit: 'Milliseconds' }]);
  });

  it('refusals reach the client as the errors of its service', async () => {
    const { end, cloudWatch, xRay } = await edgeWithTraffic();
    const range = { StartTime: new Date(end - MINUTE), EndTime: new Date(end) };
    const math = cloudWatch.send(
      new GetMetricDataCommand({ MetricDataQueries: [{ Id: 'x', Expression: 'RATE(METRICS())' }], ...range }),
    );
    await expect(math).rejects.toBeInstanceOf(ValidationException);
    const many = { MetricName: 'N', Values: Array.from({ length: 151 }, (_, index) => index) };
    const put = cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Mine', MetricData: [many] }));
    await expect(put).rejects.toBeInstanceOf(InvalidParameterValueException);
    const selector = { EntitySelectorExpression: 'nonsense', ...range };
    await expect(xRay.send(new GetTimeSeriesServiceStatisticsCommand(selector))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
  });
});
