import {
  CloudWatchClient,
  GetMetricDataCommand,
  type Metric,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { CloudWatchSource } from '../../../lambdas/adapters/cloudwatch/cloudwatch.ts';
import type { MetricIdentity } from '../../../lambdas/core/evidence.ts';

export const cloudWatch = mockClient(CloudWatchClient);
export const router = { mesh: 'global', nodes: { primary: 'podinfo-primary', canary: 'podinfo-canary' } };
export const sourceOf = (...callers: string[]) =>
  new CloudWatchSource(new CloudWatchClient({ region: 'eu-west-1' }), {
    namespace: 'AppMesh',
    callers,
    delay: 0,
    period: 60,
  });

export const metric = (dimensions: Record<string, string>): Metric => ({
  Namespace: 'AppMesh',
  MetricName: 'RequestCountPerTarget',
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});
export const towards = (target: string, caller = 'frontend', more: Record<string, string> = {}) => ({
  Mesh: 'global',
  VirtualNode: caller,
  TargetVirtualService: 'podinfo.test',
  TargetVirtualNode: target,
  ...more,
});

export const NOON = Date.parse('2026-11-21T12:00:00Z');
export const at = (minute: number) => new Date(NOON + minute * 60_000);
export const range = { from: at(0), to: at(2), limits: { primary: [500], canary: [500] }, percentiles: [99] };

export const identityOf = (...callers: string[]): MetricIdentity => ({
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
export const answerFrom = (table: Record<string, number>) =>
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
