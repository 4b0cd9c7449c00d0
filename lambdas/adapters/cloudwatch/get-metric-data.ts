import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { CanaryError, ErrorName } from '../../core/errors.ts';
import { fromAws } from '../aws-errors.ts';
import type { Values } from './queries.ts';

/** GetMetricData's own limits (API reference). */
const QUERIES_PER_CALL = 500;
const MAX_DATAPOINTS = 100_800;
/** PartialData without a further page means that CloudWatch could not read all of it just now. */
const ATTEMPTS = 3;

interface Answer {
  readonly values: Map<string, Map<number, number>>;
  readonly partial: boolean;
}

const take = (answer: Map<string, Map<number, number>>, result: MetricDataResult): void => {
  const values = answer.get(result.Id ?? '') ?? new Map<number, number>();
  for (const [index, timestamp] of (result.Timestamps ?? []).entries()) {
    const value = result.Values?.[index];
    if (value !== undefined) values.set(timestamp.getTime(), value);
  }
  answer.set(result.Id ?? '', values);
};

const refuseErrors = (result: MetricDataResult): void => {
  const why = result.Messages?.map(({ Code, Value }) => `${Code}: ${Value}`).join('; ') ?? result.StatusCode;
  if (result.StatusCode === 'Forbidden')
    throw new CanaryError(
      ErrorName.AccessDenied,
      `could not read the metric ${result.Label ?? result.Id}: ${why}`,
    );
  if (result.StatusCode === 'InternalError')
    throw new CanaryError(
      ErrorName.Transient,
      `could not read the metric ${result.Label ?? result.Id}: ${why}`,
    );
};

/** A SEARCH, or an expression that groups, answers with several series under one id. */
const refuseSeveral = (results: readonly MetricDataResult[]): void => {
  const several = [...Map.groupBy(results, ({ Id }) => Id).values()].find(
    (all) => new Set(all.map(({ Label }) => Label)).size > 1,
  );
  if (several === undefined) return;
  const labels = several.slice(0, 3).map(({ Label }) => Label);
  throw new CanaryError(
    ErrorName.Refused,
    `a CloudWatch query must give one series, got ${several.length} (${labels.join(', ')}); put it in SUM(…), MAX(…) or AVG(…)`,
  );
};

const readPages = async (client: CloudWatchClient, input: GetMetricDataCommandInput): Promise<Answer> => {
  const values = new Map<string, Map<number, number>>();
  // The status of a query's last page is the one that counts: PartialData before it only says that more follows.
  const statuses = new Map<string, string>();
  let token: string | undefined;
  do {
    const page = await client
      .send(new GetMetricDataCommand({ ...input, ...(token !== undefined && { NextToken: token }) }))
      .catch(fromAws('read metrics'));
    const results = page.MetricDataResults ?? [];
    refuseSeveral(results);
    for (const result of results) {
      refuseErrors(result);
      take(values, result);
      statuses.set(result.Id ?? '', result.StatusCode ?? 'Complete');
    }
    token = page.NextToken === '' ? undefined : page.NextToken;
  } while (token !== undefined);
  return { values, partial: [...statuses.values()].includes('PartialData') };
};

const readAll = async (
  client: CloudWatchClient,
  input: GetMetricDataCommandInput,
): Promise<Answer['values']> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { values, partial } = await readPages(client, input);
    if (!partial) return values;
  }
  throw new CanaryError(
    ErrorName.Transient,
    `CloudWatch answered ${ATTEMPTS} times with PartialData and no further page`,
  );
};

/**
 * The values of queries over [from, to), by query id, all pages read. Throws Canary.AccessDenied, and Canary.Transient
 * for throttles, internal errors and data that stays partial.
 */
export const getMetricData = async (
  client: CloudWatchClient,
  queries: readonly MetricDataQuery[],
  from: Date,
  to: Date,
): Promise<ReadonlyMap<string, Values>> => {
  const answers = new Map<string, Values>();
  for (let start = 0; start < queries.length; start += QUERIES_PER_CALL) {
    const values = await readAll(client, {
      MetricDataQueries: queries.slice(start, start + QUERIES_PER_CALL),
      StartTime: from,
      EndTime: to,
      ScanBy: 'TimestampAscending',
      MaxDatapoints: MAX_DATAPOINTS,
    });
    for (const [id, of] of values) answers.set(id, of);
  }
  return answers;
};
