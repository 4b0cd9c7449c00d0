import * as z from 'zod';
import { problemsOf } from '../problems.ts';
import type { NumberQuery } from '../query-schema.ts';

type Part = Extract<NumberQuery, readonly unknown[]>[number];

/** GetMetricData's queries as their JSON says them: Go reads keys in any case. */
const stat = z.object({
  metric: z.object({
    namespace: z.string(),
    metricname: z.string(),
    dimensions: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  }),
  period: z.number(),
  stat: z.string(),
});
const query = z.object({
  id: z.string(),
  expression: z.string().optional(),
  metricstat: stat.optional(),
  returndata: z.boolean().default(true),
});
const queries = z.array(query).min(1, 'must have at least one query');

const lowered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), lowered(inner)]));
};

const partOf = ({ id, expression, metricstat }: z.output<typeof query>): Part | undefined => {
  if (expression !== undefined) return { id, expression };
  if (metricstat === undefined) return undefined;
  const { metric, period, stat: statistic } = metricstat;
  return {
    id,
    namespace: metric.namespace,
    metric: metric.metricname,
    stat: statistic,
    dimensions: Object.fromEntries(metric.dimensions.map(({ name, value }) => [name, value])),
    period,
  };
};

export type ReadQuery = { readonly query: NumberQuery } | { readonly problems: readonly string[] };

/** A CloudWatch MetricTemplate's query, filled in, as a spec says it: the first that returns data is the answer. */
export const cloudWatchQuery = (text: string): ReadQuery => {
  let written: unknown;
  try {
    written = lowered(JSON.parse(text));
  } catch (error) {
    return { problems: [`must be a JSON list of GetMetricData's queries: ${(error as Error).message}`] };
  }
  const parsed = queries.safeParse(written);
  if (!parsed.success)
    return {
      problems: problemsOf(queries, written, parsed.error.issues).map((each) => `the query's ${each}`),
    };
  const answer = parsed.data.find(({ returndata }) => returndata);
  const ordered = answer === undefined ? [] : [...parsed.data.filter((each) => each !== answer), answer];
  const parts = ordered.map(partOf);
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0 || known.length < parts.length)
    return { problems: ['must have queries with an Expression or a MetricStat, and one that returns data'] };
  const [only] = known;
  if (known.length === 1 && only !== undefined && 'metric' in only) {
    const { id: _id, ...metric } = only;
    return { query: metric };
  }
  return { query: known };
};
