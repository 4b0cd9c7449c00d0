import type { MetricSpec } from './schema.ts';

/** A plain number of a spec: it gates and holds, and is never compared. */
export type NumberSpec = Extract<MetricSpec, { query: unknown }>;
/** A share of requests: what the judges count. */
export type RateSpec = Exclude<MetricSpec, { query: unknown }>;

/** Whether a metric is a plain number. */
export const isNumber = <Metric extends object>(
  metric: Metric,
): metric is Extract<Metric, { query: unknown }> => 'query' in metric;

const isRate = <Metric extends object>(metric: Metric): metric is Exclude<Metric, { query: unknown }> =>
  !isNumber(metric);

/** The metrics that are shares of requests, in the spec's order. */
export const ratesOf = <Metric extends object>({ metrics }: { readonly metrics: readonly Metric[] }) =>
  metrics.filter(isRate);

/** The plain numbers. */
export const numbersOf = <Metric extends object>({ metrics }: { readonly metrics: readonly Metric[] }) =>
  metrics.filter((metric) => isNumber(metric));
