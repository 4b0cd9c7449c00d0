import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { AwsError, type Call } from '../aws/service.ts';
import type { MetricStore } from './metric-store.ts';
import { QuerySet } from './query-set.ts';
import type { TimeSeries } from './time-series.ts';

/** Source: GetMetricData in the CloudWatch API reference. */
const MOST_QUERIES = 500;
const MOST_DATAPOINTS = 100_800;

const refuse = (message: string): AwsError => new AwsError('ValidationException', message);

const checkQueries = (queries: readonly MetricDataQuery[]): void => {
  if (queries.length === 0 || queries.length > MOST_QUERIES)
    throw refuse(`MetricDataQueries must have 1 to ${MOST_QUERIES} entries, got ${queries.length}.`);
  const ids = new Set<string>();
  queries.forEach(({ Id = '', MetricStat, Expression }, index) => {
    const path = `MetricDataQueries.member.${index + 1}`;
    if (!/^[a-z]\w*$/.test(Id)) throw refuse(`${path}.Id must begin with a lower-case letter, got '${Id}'.`);
    if (ids.has(Id)) throw refuse(`${path}.Id '${Id}' is there twice.`);
    ids.add(Id);
    if ((MetricStat === undefined) === (Expression === undefined))
      throw refuse(`${path} must have either MetricStat or Expression.`);
  });
};

const offsetIn = (token: string | undefined): number => {
  if (token === undefined) return 0;
  const offset = Number(/^page-(\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1]);
  if (Number.isNaN(offset)) throw new AwsError('InvalidNextToken', 'The next token specified is invalid.');
  return offset;
};

const tokenFor = (offset: number): string => Buffer.from(`page-${offset}`).toString('base64');

/** The part of each line that falls into the page; a line that goes on is PartialData. */
const page = (
  lines: readonly { id: string; series: TimeSeries }[],
  { offset, most, rising }: { offset: number; most: number; rising: boolean },
): { results: MetricDataResult[]; next: number | undefined } => {
  const results: MetricDataResult[] = [];
  let before = 0;
  for (const { id, series } of lines) {
    const points = [...series.points].sort(([a], [b]) => (rising ? a - b : b - a));
    const from = Math.max(0, offset - before);
    const to = Math.min(points.length, offset + most - before);
    const here = points.slice(from, Math.max(from, to));
    const wasBefore = points.length > 0 && before + points.length <= offset;
    const isAfter = before >= offset + most && points.length > 0;
    before += points.length;
    if (wasBefore || isAfter || (points.length === 0 && offset > 0)) continue;
    results.push({
      Id: id,
      Label: series.label,
      Timestamps: here.map(([at]) => new Date(at)),
      Values: here.map(([, value]) => value),
      StatusCode: points.length > 0 && to < points.length ? 'PartialData' : 'Complete',
    });
  }
  return { results, next: before > offset + most ? offset + most : undefined };
};

/**
 * GetMetricData: newest first unless ScanBy says otherwise. The pages of a request share its datapoints out in the order of
 * its queries.
 */
export const getMetricData =
  (store: MetricStore) =>
  (input: GetMetricDataInput, call: Call): GetMetricDataOutput => {
    const queries = input.MetricDataQueries ?? [];
    checkQueries(queries);
    const start = input.StartTime ?? new Date(Number.NaN);
    const end = input.EndTime ?? new Date(Number.NaN);
    if (!(start < end)) throw refuse('The parameter StartTime must be less than the parameter EndTime.');
    const set = new QuerySet({ store, queries, start, end, call });
    const lines = queries
      .filter(({ ReturnData = true }) => ReturnData)
      .flatMap(({ Id = '' }) => set.lines(Id).map((series) => ({ id: Id, series })));
    const most = Math.min(input.MaxDatapoints ?? MOST_DATAPOINTS, MOST_DATAPOINTS);
    const rising = input.ScanBy === 'TimestampAscending';
    const { results, next } = page(lines, { offset: offsetIn(input.NextToken), most, rising });
    return {
      MetricDataResults: results,
      Messages: [],
      ...(next === undefined ? {} : { NextToken: tokenFor(next) }),
    };
  };
