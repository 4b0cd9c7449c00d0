import { type Aggregation, type Expression, WrongQuery } from './expression.ts';
import { groupLabels, keyOf, type Labels, matchesAll, nameless, type Sampled } from './labels.ts';
import { operate, type Value } from './operators.ts';
import { histogramQuantile } from './quantile.ts';
import { overRange, type Sample } from './rates.ts';

/** A series with the samples that were scraped of it, rising. */
export interface Scraped {
  readonly labels: Labels;
  readonly samples: readonly Sample[];
}

/** Where samples come from. */
export interface SeriesStore {
  /** The series that match, with their samples at times (epoch ms, rising). */
  select(matching: (labels: Labels) => boolean, times: readonly number[]): readonly Sampled[];
  /** The series that match, with what was scraped of them in [from, to]. */
  scraped(matching: (labels: Labels) => boolean, from: number, to: number): readonly Scraped[];
}

type Range = Extract<Expression, { kind: 'range' }>;

const rangeOf = (
  { function: how, matchers, range }: Range,
  times: readonly number[],
  store: SeriesStore,
): Sampled[] =>
  store
    .scraped(matchesAll(matchers), (times[0] ?? 0) - range, times.at(-1) ?? 0)
    .map(({ labels, samples }) => ({
      labels: nameless(labels),
      samples: times.map((to) => {
        const window = samples.filter(({ at }) => at >= to - range && at <= to);
        return overRange(how, window, to, range);
      }),
    }))
    .filter(({ samples }) => samples.some((value) => value !== undefined));

const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const AGGREGATES: Readonly<Record<Aggregation, (values: readonly number[]) => number>> = {
  sum: add,
  avg: (values) => add(values) / values.length,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  count: (values) => values.length,
};

const aggregated = (
  expression: Extract<Expression, { kind: 'aggregate' }>,
  of: readonly Sampled[],
): Sampled[] => {
  const groups = Map.groupBy(of, ({ labels }) => keyOf(groupLabels(labels, expression)));
  return [...groups.values()].map((group) => ({
    labels: groupLabels(group[0]?.labels ?? {}, expression),
    samples: (group[0]?.samples ?? []).map((_, index) => {
      const known = group.flatMap(({ samples }) => samples[index] ?? []);
      return known.length === 0 ? undefined : AGGREGATES[expression.how](known);
    }),
  }));
};

const seriesOf = (value: Value): readonly Sampled[] => {
  if ('scalar' in value) throw new WrongQuery('expected type instant vector, got scalar');
  return value.vector;
};

const scalarOf = (value: Value): readonly number[] => {
  if ('scalar' in value) return value.scalar;
  throw new WrongQuery('expected type scalar, got instant vector');
};

/** One series is its value; none or several are NaN. */
const asScalar = (series: readonly Sampled[], times: readonly number[]): number[] =>
  times.map((_, index) => {
    const known = series.flatMap(({ samples }) => samples[index] ?? []);
    return known.length === 1 ? (known[0] ?? Number.NaN) : Number.NaN;
  });

/** What an expression comes to at times (epoch ms, rising). Throws WrongQuery where Prometheus refuses it. */
export const evaluate = (expression: Expression, times: readonly number[], store: SeriesStore): Value => {
  const at = (of: Expression) => evaluate(of, times, store);
  switch (expression.kind) {
    case 'number':
      return { scalar: times.map(() => expression.value) };
    case 'selector':
      return { vector: store.select(matchesAll(expression.matchers), times) };
    case 'range':
      return { vector: rangeOf(expression, times, store) };
    case 'vector':
      return { vector: [{ labels: {}, samples: scalarOf(at(expression.of)) }] };
    case 'scalar':
      return { scalar: asScalar(seriesOf(at(expression.of)), times) };
    case 'quantile':
      return { vector: histogramQuantile(scalarOf(at(expression.share)), seriesOf(at(expression.of))) };
    case 'aggregate':
      return { vector: aggregated(expression, seriesOf(at(expression.of))) };
    case 'binary':
      return operate(expression, at(expression.left), at(expression.right));
  }
};
