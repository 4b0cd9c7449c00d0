import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerFrom, at, cloudWatch, identityOf, NOON, range, sourceOf } from './cloudwatch-fixture.ts';

beforeEach(() => cloudWatch.reset());

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

  it('gives no sum that leaves one of the callers out', async () => {
    answerFrom({
      'frontend>podinfo-canary RequestCountPerTarget Sum': 200,
      'frontend>podinfo-canary TargetResponseTime SampleCount': 200,
      'frontend>podinfo-canary TargetResponseTime TC(500:)': 1,
      'batch>podinfo-canary RequestCountPerTarget Sum': 100,
      'batch>podinfo-canary TargetResponseTime SampleCount': 100,
    });
    const [period] = await sourceOf('frontend', 'batch').periods({
      identity: identityOf('frontend', 'batch'),
      ...range,
    });
    expect(period?.canary).toEqual({ requests: 300, failures: 0, timed: 300 });
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
