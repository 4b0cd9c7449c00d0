import type { Question, Values } from './queries.ts';

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** The value with half of the weight at or below it; undefined for none. */
const weightedMedian = (values: readonly Weighted[]): number | undefined => {
  const rising = [...values].sort((a, b) => a.value - b.value);
  const half = rising.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let seen = 0;
  return rising.find(({ weight }) => {
    seen += weight;
    return seen >= half;
  })?.value;
};

/**
 * One number for each percentile out of several series and periods: the median, weighed by their samples. Percentiles
 * cannot be added up, and a limit for both versions need not lie exactly on one: it has to be near, and fixed.
 */
export const commonPercentiles = (
  asked: readonly Question[],
  answers: ReadonlyMap<string, Values>,
): Readonly<Record<string, number>> => {
  const samples = new Map(
    asked.flatMap((question) =>
      question.asked.kind === 'timed' ? [[question.series, answers.get(question.query.Id)] as const] : [],
    ),
  );
  const found = new Map<number, Weighted[]>();
  for (const { asked: of, series, query } of asked) {
    if (of.kind !== 'percentile') continue;
    const values = [...(answers.get(query.Id) ?? [])].map(([start, value]) => ({
      value,
      weight: samples.get(series)?.get(start) ?? 0,
    }));
    found.set(of.percentile, [...(found.get(of.percentile) ?? []), ...values]);
  }
  return Object.fromEntries(
    [...found].flatMap(([percentile, values]) => {
      const median = weightedMedian(values);
      return median === undefined ? [] : [[percentile, median] as const];
    }),
  );
};
