import type {
  GetTimeSeriesServiceStatisticsRequest,
  GetTimeSeriesServiceStatisticsResult,
  PutTraceSegmentsRequest,
  PutTraceSegmentsResult,
  UnprocessedTraceSegment,
} from '@aws-sdk/client-xray';
import { AwsError, type Behaviours, type Call } from '../aws/service.ts';
import { parseSegment } from './segment.ts';
import { parseSelector } from './selector.ts';
import { getServiceGraph } from './service-graph.ts';
import { histogramOf, summaryOf } from './statistics.ts';
import type { TraceStore } from './trace-store.ts';
import { getTraceSummaries } from './trace-summaries.ts';

const timeSeries =
  (store: TraceStore) =>
  (input: GetTimeSeriesServiceStatisticsRequest, call: Call): GetTimeSeriesServiceStatisticsResult => {
    const seconds = input.Period ?? 60;
    if (seconds !== 60 && seconds !== 300)
      throw new AwsError('InvalidRequestException', `Period must be 60 or 300, got ${seconds}.`);
    const selector = parseSelector(input.EntitySelectorExpression);
    const period = seconds * 1_000;
    const from = Math.floor((input.StartTime?.getTime() ?? 0) / period) * period;
    const to = input.EndTime?.getTime() ?? call.now;
    if (!(from < to)) throw new AwsError('InvalidRequestException', 'StartTime must be before EndTime.');
    const batches = store.read({ from, to }, call).filter(selector.matches);
    const byPeriod = Map.groupBy(batches, ({ at }) => Math.floor(at / period) * period);
    const series = [...byPeriod]
      .sort(([a], [b]) => a - b)
      .map(([start, inPeriod]) => ({
        Timestamp: new Date(start),
        [selector.kind === 'edge' ? 'EdgeSummaryStatistics' : 'ServiceSummaryStatistics']:
          summaryOf(inPeriod),
        ResponseTimeHistogram: histogramOf(inPeriod),
      }));
    return { TimeSeriesServiceStatistics: series, ContainsOldGroupVersions: false };
  };

const putTraceSegments =
  (store: TraceStore) =>
  ({ TraceSegmentDocuments = [] }: PutTraceSegmentsRequest, call: Call): PutTraceSegmentsResult => {
    const unprocessed: UnprocessedTraceSegment[] = [];
    for (const document of TraceSegmentDocuments) {
      const segment = parseSegment(document);
      if ('service' in segment) store.record({ ...segment, account: call.account, region: call.region });
      else unprocessed.push(segment);
    }
    return { UnprocessedTraceSegments: unprocessed };
  };

/** The X-Ray operations that the sandbox has. GetTimeSeriesServiceStatistics leaves out periods without traces. */
export const xrayBehaviours = (store: TraceStore): Behaviours => ({
  GetTimeSeriesServiceStatistics: timeSeries(store),
  GetServiceGraph: getServiceGraph(store),
  GetTraceSummaries: getTraceSummaries(store),
  PutTraceSegments: putTraceSegments(store),
  PutTelemetryRecords: () => ({}),
});
