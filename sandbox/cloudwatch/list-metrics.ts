import type { DimensionFilter, ListMetricsInput, ListMetricsOutput } from '@aws-sdk/client-cloudwatch';
import { AwsError, type Call } from '../aws/service.ts';
import { dimensionList } from './dimensions.ts';
import type { MetricStore, Series } from './metric-store.ts';
import { isFindable } from './search.ts';

/** Source: ListMetrics in the CloudWatch API reference. */
const PAGE = 500;
const THREE_HOURS = 3 * 3_600_000;

const matches =
  (filters: readonly DimensionFilter[]) =>
  ({ dimensions }: Series): boolean =>
    filters.every(
      ({ Name = '', Value }) => Name in dimensions && (Value === undefined || dimensions[Name] === Value),
    );

const offsetIn = (token: string | undefined): number => {
  const offset = Number(token ?? 0);
  if (!Number.isInteger(offset)) throw new AwsError('InvalidParameterValueException', 'Invalid nextToken.');
  return offset;
};

/** ListMetrics: series with a point in the last two weeks, of which the first came 15 minutes ago or earlier. */
export const listMetrics =
  (store: MetricStore) =>
  (input: ListMetricsInput, call: Call): ListMetricsOutput => {
    const found = store
      .list(call)
      .filter((series) => isFindable(series, call.now))
      .filter(({ lastAt }) => input.RecentlyActive === undefined || lastAt >= call.now - THREE_HOURS)
      .filter(({ namespace }) => input.Namespace === undefined || namespace === input.Namespace)
      .filter(({ name }) => input.MetricName === undefined || name === input.MetricName)
      .filter(matches(input.Dimensions ?? []));
    const offset = offsetIn(input.NextToken);
    const next = offset + PAGE;
    return {
      Metrics: found.slice(offset, next).map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: dimensionList(dimensions),
      })),
      ...(next < found.length ? { NextToken: String(next) } : {}),
    };
  };
