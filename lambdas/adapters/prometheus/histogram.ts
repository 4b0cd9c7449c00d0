/** Counts above limits, and percentiles, from the cumulative buckets of a histogram. */
import type { Series } from './client.ts';
import { type Boundaries, type Rises, risesOf } from './rises.ts';

/** What a histogram's buckets rose by, by upper edge in milliseconds (Infinity for all), edges rising. */
export type Buckets = ReadonlyMap<number, Rises>;

const edgeOf = ({ labels: { le = '' } }: Series, msPerUnit: number): number =>
  le === '+Inf' ? Number.POSITIVE_INFINITY : Number((Number(le) * msPerUnit).toPrecision(12));

/** @param msPerUnit 1 where the edges are milliseconds, 1000 where they are seconds */
export const bucketsOf = (
  all: readonly Series[],
  boundaries: Boundaries,
  expected: Rises,
  msPerUnit: number,
  parts = 1,
): Buckets => {
  const byEdge = Map.groupBy(all, (series) => edgeOf(series, msPerUnit));
  const rising = [...byEdge].filter(([edge]) => !Number.isNaN(edge)).sort(([a], [b]) => a - b);
  return new Map(rising.map(([edge, series]) => [edge, risesOf(series, boundaries, expected, parts)]));
};

/** Requests at or below each edge in one period, edges rising; undefined where one of them is not known. */
export const periodOf = (buckets: Buckets, period: number): [edge: number, count: number][] | undefined => {
  const found: [number, number][] = [];
  for (const [edge, rises] of buckets) {
    const count = rises[period];
    if (count === undefined) return undefined;
    found.push([edge, count]);
  }
  return found;
};

export const allOf = (cumulative: readonly (readonly [number, number])[]): number =>
  cumulative.at(-1)?.[1] ?? 0;

/** Requests above the first edge at or above a limit: none counts as slow that may not have been. */
export const slowerThan = (cumulative: readonly (readonly [number, number])[], limit: number): number => {
  const edge = cumulative.find(([upper]) => upper >= limit);
  return edge === undefined ? 0 : Math.max(0, allOf(cumulative) - edge[1]);
};

/** A percentile by interpolation within its bucket, as PromQL's histogram_quantile does; the last edge for the rest. */
export const interpolated = (
  cumulative: readonly (readonly [number, number])[],
  percentile: number,
): number | undefined => {
  const rank = (percentile / 100) * allOf(cumulative);
  const index = cumulative.findIndex(([, count]) => count >= rank && count > 0);
  const upper = cumulative[index];
  if (upper === undefined) return undefined;
  const [low, below] = cumulative[index - 1] ?? [0, 0];
  if (upper[0] === Number.POSITIVE_INFINITY) return low;
  return upper[1] === below ? upper[0] : low + ((upper[0] - low) * (rank - below)) / (upper[1] - below);
};

/** The finite edge that the share of requests beyond it is nearest to what lies beyond the percentile, by their ratio. */
export const nearestEdge = (
  cumulative: readonly (readonly [number, number])[],
  percentile: number,
): number | undefined => {
  const all = allOf(cumulative);
  const wanted = 1 - percentile / 100;
  let best: { edge: number; off: number } | undefined;
  for (const [edge, count] of cumulative) {
    const beyond = all - count;
    if (!Number.isFinite(edge) || beyond <= 0 || count <= 0) continue;
    const off = Math.abs(Math.log(beyond / all / wanted));
    if (best === undefined || off < best.off) best = { edge, off };
  }
  return best?.edge;
};
