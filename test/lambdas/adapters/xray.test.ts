import { GetTimeSeriesServiceStatisticsCommand, XRayClient } from '@aws-sdk/client-xray';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { XRaySource } from '../../../lambdas/adapters/xray/summary.ts';

const xRay = mockClient(XRayClient);
const identity = { series: [], xRay: { primary: 'global/podinfo-primary', canary: 'global/podinfo-canary' } };
const to = new Date('2026-11-21T12:00:00Z');
const from = new Date('2026-11-21T11:50:00Z');
const canaryOnly = { EntitySelectorExpression: 'service("global/podinfo-canary")' };
const statistics = (total: number, faults: number, seconds: number) => ({
  ServiceSummaryStatistics: {
    TotalCount: total,
    FaultStatistics: { TotalCount: faults },
    TotalResponseTime: seconds,
  },
});

beforeEach(() => xRay.reset());

it('sums the periods of each version, page by page, and leaves a version without traces out', async () => {
  xRay
    .on(GetTimeSeriesServiceStatisticsCommand)
    .resolves({})
    .on(GetTimeSeriesServiceStatisticsCommand, canaryOnly)
    .resolvesOnce({ TimeSeriesServiceStatistics: [statistics(10, 1, 0.5)], NextToken: 'more' })
    .resolvesOnce({ TimeSeriesServiceStatistics: [statistics(10, 0, 1.5), {}] });
  expect(await new XRaySource(new XRayClient({})).summary({ identity, from, to })).toEqual({
    canary: { total: 20, faults: 1, averageMs: 100 },
  });
});

it('never fails a tick: an error is noticed and that side is empty', async () => {
  const noticed: string[] = [];
  xRay.on(GetTimeSeriesServiceStatisticsCommand).rejects(new Error('throttled'));
  const source = new XRaySource(new XRayClient({}), (text) => noticed.push(text));
  expect(await source.summary({ identity, from, to })).toEqual({});
  expect(noticed).toHaveLength(2);
});

it('looks at most six hours back', async () => {
  xRay.on(GetTimeSeriesServiceStatisticsCommand).resolves({});
  await new XRaySource(new XRayClient({})).summary({ identity, from: new Date('2026-11-20'), to });
  const [call] = xRay.commandCalls(GetTimeSeriesServiceStatisticsCommand);
  expect(call?.args[0].input.StartTime).toEqual(new Date('2026-11-21T06:00:00Z'));
});
