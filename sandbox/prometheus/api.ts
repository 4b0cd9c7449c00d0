import type { UnmodelledApi } from '../aws/attempt.ts';
import type { Answer, Request } from '../aws/wire/wire.ts';
import type { MetricStore, Place } from '../cloudwatch/metric-store.ts';
import { evaluate } from './evaluate.ts';
import { prometheusOf } from './exposition.ts';
import { WrongQuery } from './expression.ts';
import type { Sampled } from './labels.ts';
import type { Value } from './operators.ts';
import { parsePromQl } from './promql.ts';

const PATH = /^\/workspaces\/(?<workspace>ws-[^/]+)\/api\/v1\/(?<what>query|query_range)$/;
/** prometheus/prometheus web/api/v1: more points a series are refused. */
const MOST_POINTS = 11_000;

/** Amazon Managed Service for Prometheus, API reference, "Common errors". */
const STATUSES = {
  AccessDeniedException: 403,
  InternalServerException: 500,
  ResourceNotFoundException: 404,
  ThrottlingException: 429,
  ValidationException: 400,
};

const json = (status: number, body: unknown, error?: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  ...(error !== undefined && { error }),
});

const badData = (message: string): Answer =>
  json(400, { status: 'error', errorType: 'bad_data', error: message }, 'bad_data');

/** Parameters come in the URL or as a form. */
const parametersOf = ({ method, query, body }: Request): URLSearchParams =>
  method === 'POST' ? new URLSearchParams(body.toString()) : query;

const timeOf = (parameters: URLSearchParams, name: string): number => {
  const text = parameters.get(name) ?? '';
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(ms))
    throw new WrongQuery(`invalid parameter "${name}": cannot parse "${text}" to a valid timestamp`);
  return Math.round(ms);
};

const stepOf = (parameters: URLSearchParams): number => {
  const step = Math.round(Number(parameters.get('step')) * 1000);
  if (!(step > 0)) throw new WrongQuery('zero or negative query resolution step widths are not accepted');
  return step;
};

const timesOf = (parameters: URLSearchParams, what: string, now: number): number[] => {
  if (what === 'query') return [parameters.has('time') ? timeOf(parameters, 'time') : now];
  const [start, end, step] = [timeOf(parameters, 'start'), timeOf(parameters, 'end'), stepOf(parameters)];
  if (end < start)
    throw new WrongQuery('invalid parameter "end": end timestamp must not be before start time');
  const points = Math.floor((end - start) / step) + 1;
  if (points > MOST_POINTS)
    throw new WrongQuery(
      `exceeded maximum resolution of ${MOST_POINTS.toLocaleString('en-US')} points per timeseries`,
    );
  return Array.from({ length: points }, (_, index) => start + index * step);
};

/** As Go prints them. */
const written = (value: number): string =>
  Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';

const valuesOf = ({ samples }: Sampled, times: readonly number[]): [number, string][] =>
  samples.flatMap((value, index) =>
    value === undefined ? [] : [[(times[index] ?? 0) / 1000, written(value)] as [number, string]],
  );

const dataOf = (found: Value, times: readonly number[], what: string) => {
  // Over a range a scalar is a series without labels.
  const series = 'scalar' in found ? [{ labels: {}, samples: found.scalar }] : found.vector;
  const known = series
    .map((one) => ({ metric: one.labels, values: valuesOf(one, times) }))
    .filter(({ values }) => values.length > 0);
  if (what !== 'query') return { resultType: 'matrix', result: known };
  if ('scalar' in found) return { resultType: 'scalar', result: known[0]?.values[0] };
  return {
    resultType: 'vector',
    result: known.map(({ metric, values: [value] }) => ({ metric, value })),
  };
};

/** A query, wherever it was asked. */
export interface PrometheusQuestion {
  /** `query` or `query_range`. */
  readonly what: string;
  readonly parameters: URLSearchParams;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Answers a query over the points of a place, as soon as they can be read. */
export const answerPrometheus = (
  store: MetricStore,
  place: Place,
  { what, parameters, now }: PrometheusQuestion,
): Answer => {
  try {
    const times = timesOf(parameters, what, now);
    const expression = parsePromQl(parameters.get('query') ?? '');
    const found = evaluate(expression, times, prometheusOf(store, place));
    return json(200, { status: 'success', data: dataOf(found, times, what) });
  } catch (error) {
    if (error instanceof WrongQuery || error instanceof SyntaxError) return badData(error.message);
    throw error;
  }
};

/**
 * Amazon Managed Service for Prometheus, as far as it is asked here: `query` and `query_range` of any workspace, over the
 * same points as CloudWatch's.
 */
export const prometheusApi = (store: MetricStore): UnmodelledApi => ({
  name: ({ path }) => {
    const { workspace } = PATH.exec(path)?.groups ?? {};
    return workspace === undefined
      ? undefined
      : { operation: 'QueryMetrics', input: { WorkspaceId: workspace } };
  },
  statuses: STATUSES,
  answer: (request, { account, region, now }) => {
    const { what = '' } = PATH.exec(request.path)?.groups ?? {};
    return answerPrometheus(store, { account, region }, { what, parameters: parametersOf(request), now });
  },
});
