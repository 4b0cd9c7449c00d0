import type {
  GetServiceGraphResult,
  GetTimeSeriesServiceStatisticsResult,
  GetTraceSummariesResult,
  PutTraceSegmentsResult,
} from '@aws-sdk/client-xray';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { xrayBehaviours } from '../../../sandbox/xray/behaviours.ts';
import { TraceStore } from '../../../sandbox/xray/trace-store.ts';

const START = Date.UTC(2026, 0, 5, 12);
const MINUTE = 60_000;
const HOME = { account: '111122223333', region: 'eu-west-1' };
const range = { StartTime: new Date(START), EndTime: new Date(START + 10 * MINUTE) };

const xray = () => {
  const clock = new VirtualClock(START + 10 * MINUTE);
  const store = new TraceStore({ clock, home: HOME });
  const behaviours = xrayBehaviours(store);
  const caller = {
    account: HOME.account,
    roleArn: undefined,
    arn: '',
    sessionName: undefined,
    sourceIdentity: undefined,
  };
  const call = <T>(operation: string, input: object): T =>
    behaviours[operation]?.(input, { service: 'xray', operation, ...HOME, caller, now: clock.now() }) as T;
  const record = (minute: number, node: string, ok: number, fault: number) =>
    store.record({
      at: START + minute * MINUTE,
      service: `global/${node}`,
      type: 'AWS::AppMesh::Proxy',
      source: 'global/frontend',
      times: { ok: new Map([[0.05, ok]]), fault: new Map([[0.5, fault]]) },
    });
  for (let minute = 0; minute < 10; minute++) {
    record(minute, 'podinfo-primary', 95, 0);
    if (minute >= 4) record(minute, 'podinfo-canary', 3, 2);
  }
  return { call, store };
};

describe('GetTimeSeriesServiceStatistics', () => {
  it.each([
    'service("global/podinfo-canary")',
    'service(id(name: "global/podinfo-canary", type: "AWS::AppMesh::Proxy"))',
    'id(name: "global/podinfo-canary")',
  ])('gives one version per period, for %s', (EntitySelectorExpression) => {
    const { call } = xray();
    const { TimeSeriesServiceStatistics: series } = call<GetTimeSeriesServiceStatisticsResult>(
      'GetTimeSeriesServiceStatistics',
      { ...range, EntitySelectorExpression, Period: 300 },
    );
    expect(series?.map(({ Timestamp }) => Timestamp?.getTime())).toEqual([START, START + 5 * MINUTE]);
    expect(series?.[1]).toEqual({
      Timestamp: new Date(START + 5 * MINUTE),
      ServiceSummaryStatistics: {
        OkCount: 15,
        ErrorStatistics: { ThrottleCount: 0, OtherCount: 0, TotalCount: 0 },
        FaultStatistics: { OtherCount: 10, TotalCount: 10 },
        TotalCount: 25,
        TotalResponseTime: expect.closeTo(5.75, 9),
      },
      ResponseTimeHistogram: [
        { Value: 0.05, Count: 15 },
        { Value: 0.5, Count: 10 },
      ],
    });
  });

  it('gives edges for an edge, and for no selector', () => {
    const { call } = xray();
    const total = (EntitySelectorExpression?: string) =>
      call<GetTimeSeriesServiceStatisticsResult>('GetTimeSeriesServiceStatistics', {
        ...range,
        EntitySelectorExpression,
      }).TimeSeriesServiceStatistics?.reduce(
        (sum, { EdgeSummaryStatistics }) => sum + (EdgeSummaryStatistics?.TotalCount ?? 0),
        0,
      );
    expect(total('edge("global/frontend", "global/podinfo-canary")')).toBe(30);
    expect(total('edge("global/batch", "global/podinfo-canary")')).toBe(0);
    expect(total()).toBe(980);
  });

  it.each([
    { EntitySelectorExpression: 'responsetime > 5' },
    { EntitySelectorExpression: 'service("unclosed)' },
    { EntitySelectorExpression: 'service(id(nme: "x"))' },
    { Period: 10 },
  ])('refuses %o', (input) => {
    const { call } = xray();
    expect(() => call('GetTimeSeriesServiceStatistics', { ...range, ...input })).toThrowError(
      expect.objectContaining({ name: 'InvalidRequestException' }),
    );
  });
});

describe('GetServiceGraph', () => {
  it('has a node per version and an edge from each caller', () => {
    const { call } = xray();
    const { Services = [] } = call<GetServiceGraphResult>('GetServiceGraph', range);
    expect(Services.map(({ Name, Root }) => [Name, Root])).toEqual([
      ['global/frontend', true],
      ['global/podinfo-canary', false],
      ['global/podinfo-primary', false],
    ]);
    const edges = Services[0]?.Edges?.map(({ ReferenceId, SummaryStatistics }) => [
      Services.find((service) => service.ReferenceId === ReferenceId)?.Name,
      SummaryStatistics?.TotalCount,
    ]);
    expect(edges?.sort()).toEqual([
      ['global/podinfo-canary', 30],
      ['global/podinfo-primary', 950],
    ]);
  });
});

describe('GetTraceSummaries', () => {
  it('finds faults of one service, with ids that stay the same', () => {
    const { call } = xray();
    const input = {
      ...range,
      FilterExpression: 'service("global/podinfo-canary") AND fault = true AND responsetime > 0.1',
    };
    const first = call<GetTraceSummariesResult>('GetTraceSummaries', input);
    expect(first.TraceSummaries).toHaveLength(12);
    expect(
      first.TraceSummaries?.every(
        ({ HasFault, Id }) => HasFault && /^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(Id ?? ''),
      ),
    ).toBe(true);
    expect(new Set(first.TraceSummaries?.map(({ Id }) => Id)).size).toBe(12);
    expect(call<GetTraceSummariesResult>('GetTraceSummaries', input)).toEqual(first);
  });

  it('pages', () => {
    const { call } = xray();
    let count = 0;
    let NextToken: string | undefined;
    do {
      const page: GetTraceSummariesResult = call('GetTraceSummaries', { ...range, NextToken });
      count += page.TraceSummaries?.length ?? 0;
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(count).toBe(980);
  });
});

describe('PutTraceSegments', () => {
  it('takes segments of services outside the mesh, and says which it does not', () => {
    const { call } = xray();
    const segment = {
      id: '70de5b6f19ff9a0a',
      trace_id: '1-581cf771-a006649127e371903a2de979',
      name: 'V2-Notifications',
      start_time: (START + MINUTE) / 1_000,
      end_time: (START + MINUTE) / 1_000 + 0.25,
      fault: true,
      annotations: { version: '4.0.0' },
    };
    const { UnprocessedTraceSegments } = call<PutTraceSegmentsResult>('PutTraceSegments', {
      TraceSegmentDocuments: [
        JSON.stringify(segment),
        'not json',
        JSON.stringify({ ...segment, name: undefined }),
      ],
    });
    expect(UnprocessedTraceSegments?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      'ParseError',
      'MissingName',
    ]);
    const found = call<GetTraceSummariesResult>('GetTraceSummaries', {
      ...range,
      FilterExpression: 'annotation.version = "4.0.0"',
    });
    expect(found.TraceSummaries).toMatchObject([
      { Id: segment.trace_id, HasFault: true, ResponseTime: 0.25 },
    ]);
  });
});
