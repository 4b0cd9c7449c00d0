import type { MetricStore, Place, SeriesName } from './metric-store.ts';
import type { Statistic } from './statistic.ts';
import type { Window } from './window.ts';

/** One line of a graph: values by the start of their period (epoch ms, rising). */
export interface TimeSeries {
  readonly label: string;
  readonly points: ReadonlyMap<number, number>;
}

/** A statistic of one series over a window. */
export const readSeries = (
  store: MetricStore,
  series: SeriesName,
  statistic: Statistic,
  window: Window | undefined,
  { place, unit }: { place: Place; unit?: string | undefined },
): ReadonlyMap<number, number> => {
  const points = new Map<number, number>();
  if (window === undefined) return points;
  for (const [start, distribution] of store.read(series, { ...window, unit }, place)) {
    const value = statistic(distribution);
    if (value !== undefined) points.set(start, value);
  }
  return points;
};
