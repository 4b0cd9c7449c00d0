import { GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerFrom, cloudWatch, metric, range, router, sourceOf, towards } from './cloudwatch-fixture.ts';

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
