import type { SeriesStore } from '../../sandbox/prometheus/evaluate.ts';
import { type KnownSeries, SERIES } from './samples.ts';

/** Prometheus' query.lookback-delta: an older sample is none. */
const LOOKBACK = 300_000;

const labelsOf = ({ name, labels }: KnownSeries) => ({ __name__: name, ...labels });

/** The known samples, for the sandbox's evaluator. */
export const knownStore: SeriesStore = {
  select: (matching, times) =>
    SERIES.filter((series) => matching(labelsOf(series)))
      .map((series) => ({
        labels: labelsOf(series),
        samples: times.map((time) => {
          const newest = series.samples.findLast(({ at }) => at <= time);
          return newest === undefined || time - newest.at > LOOKBACK ? undefined : newest.value;
        }),
      }))
      .filter(({ samples }) => samples.some((value) => value !== undefined)),
  scraped: (matching, from, to) =>
    SERIES.filter((series) => matching(labelsOf(series))).map((series) => ({
      labels: labelsOf(series),
      samples: series.samples.filter(({ at }) => at >= from && at <= to),
    })),
};
