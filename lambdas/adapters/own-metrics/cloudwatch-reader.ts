import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Side } from '../../core/rollout.ts';
import type { NumberSpec } from '../../core/spec/metrics.ts';
import type { CountQuery, NumberQuery } from '../../core/spec/query-schema.ts';
import { getMetricData } from '../cloudwatch/get-metric-data.ts';
import type { Values } from '../cloudwatch/queries.ts';
import { filled, type Names } from '../query-names.ts';
import type { CountsBySide, Custom, OwnReader } from './reader.ts';

type Part = Extract<NumberQuery, readonly unknown[]>[number];
type Metric = Extract<Part, { metric: string }>;

/** A query as GetMetricData takes it: the last part is the answer. */
interface Asked {
  readonly queries: readonly MetricDataQuery[];
  readonly answer: string;
  /** Milliseconds of one of its datapoints. */
  readonly period: number;
}

/** The id of a query that has only one part. */
const ONLY = 'q0';

const partsOf = (query: CountQuery | NumberQuery): readonly Part[] => {
  if (typeof query === 'string') return [{ id: ONLY, expression: query }];
  return Array.isArray(query) ? query : [{ id: ONLY, ...(query as Omit<Metric, 'id'>) }];
};

const isMetric = (part: Part): part is Metric => 'metric' in part;

const asked = (query: CountQuery | NumberQuery, side: Side, names: Names): Asked => {
  const parts = partsOf(query);
  const answer = parts.at(-1)?.id ?? ONLY;
  const periods = parts.filter(isMetric).map(({ period = names.period }) => period);
  const period = periods.length === 0 ? names.period : Math.max(...periods);
  const queries = parts.map((part): MetricDataQuery => {
    const common = { Id: part.id, ReturnData: part.id === answer };
    // Metrics Insights and SEARCH need a period of their own; metric math takes that of its metrics.
    if (!isMetric(part))
      return { ...common, Expression: filled(part.expression, side, names), Period: period };
    const Dimensions = Object.entries(part.dimensions).map(([Name, text]) => ({
      Name,
      Value: filled(text, side, names),
    }));
    return {
      ...common,
      MetricStat: {
        Metric: { Namespace: part.namespace, MetricName: part.metric, Dimensions },
        Period: part.period ?? names.period,
        Stat: part.stat,
      },
    };
  });
  return { queries, answer, period: period * 1000 };
};

/** The newest finished datapoint at a time; one that ended longer ago than its own length is stale. */
const newestAt = (values: Values, length: number, time: number, least: number): number | undefined => {
  const fresh = [...values.keys()]
    .filter((start) => start + length <= time && start + length > time - Math.max(length, least))
    .sort((a, b) => b - a);
  const value = fresh[0] === undefined ? undefined : values.get(fresh[0]);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
};

/** Queries of a spec's own, at CloudWatch: a metric by its dimensions, an expression, or metric math. */
export class CloudWatchReader implements OwnReader {
  readonly #client: CloudWatchClient;
  readonly #names: Names;

  constructor(client: CloudWatchClient, names: Names) {
    this.#client = client;
    this.#names = names;
  }

  /** What is published only when there is some is 0 beside what there was. */
  async counts(
    { total, bad }: Custom,
    sides: readonly Side[],
    boundaries: readonly number[],
  ): Promise<CountsBySide> {
    const starts = boundaries.slice(0, -1);
    const found = await Promise.all(
      sides.map(async (side) => {
        const [all, wrong] = await Promise.all(
          [total, bad].map((query) => this.#values(asked(query, side, this.#names), boundaries)),
        );
        const totals = starts.map((start) => all?.get(start));
        const bads = starts.map((start, index) =>
          totals[index] === undefined ? undefined : (wrong?.get(start) ?? 0),
        );
        return [side, { total: totals, bad: bads }] as const;
      }),
    );
    return Object.fromEntries(found);
  }

  async numbers({ query }: NumberSpec, boundaries: readonly number[]): Promise<(number | undefined)[]> {
    const question = asked(query, 'canary', this.#names);
    const values = await this.#values(question, boundaries);
    return boundaries
      .slice(1)
      .map((end) => newestAt(values, question.period, end, this.#names.period * 1000));
  }

  async #values({ queries, answer, period }: Asked, boundaries: readonly number[]): Promise<Values> {
    const from = Math.floor((boundaries[0] ?? 0) / period) * period - period;
    const to = boundaries.at(-1) ?? from;
    const found = await getMetricData(this.#client, queries, new Date(from), new Date(to));
    return found.get(answer) ?? new Map();
  }
}
