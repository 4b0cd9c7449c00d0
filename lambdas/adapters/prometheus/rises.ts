/** What counters rose by from one time to the next, read at the times themselves, so that each request counts once. */
import { counterRise, riseFromZero } from '../../core/judge/sequential/counts.ts';
import type { Series } from './client.ts';

/** Times in milliseconds since the epoch, rising: n periods have n + 1. */
export type Boundaries = readonly number[];

/** By period; undefined where a counter's rise cannot be known. */
export type Rises = readonly (number | undefined)[];

export const boundariesOf = (from: number, to: number, step: number): Boundaries =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

const pairs = (boundaries: Boundaries): [number, number][] =>
  boundaries.slice(1).map((end, index) => [boundaries[index] ?? end, end]);

/** So small a counter is believed to be new whatever others do: a service that gets little begins with little. */
const LEAST_EXPECTED = 50;

/** What a new counter may be expected to show: the largest rise among the series whose both ends are known, at least 50. */
export const expectedRises = (all: readonly Series[], boundaries: Boundaries): readonly number[] =>
  pairs(boundaries).map(([start, end]) => {
    const known = all.flatMap(({ values }) => {
      const [before, now] = [values.get(start), values.get(end)];
      return before !== undefined && now !== undefined && now >= before ? [now - before] : [];
    });
    return Math.max(LEAST_EXPECTED, ...known);
  });

/** How often servers usually scrape, and of how long a reading at most every scrape is looked at. */
const SCRAPE_MS = 15_000;
const CLOSELY_MS = 3_600_000;

/**
 * In how many parts each period is read: where a counter begins again within a period, what it had counted before is
 * otherwise lost. A long past is read at the periods' ends only, where that is a drop among many.
 */
export const partsOf = (boundaries: Boundaries): number => {
  const [first = 0, second = first] = boundaries;
  const period = second - first;
  const close = (boundaries.at(-1) ?? first) - first <= CLOSELY_MS && period % SCRAPE_MS === 0;
  return close ? Math.max(1, period / SCRAPE_MS) : 1;
};

/**
 * The sum of what counters rose by, period by period, each in parts. One that is gone at the end adds nothing more. One
 * that is new, or that began again, adds what it shows, where that is no more than three times `expected`
 * (`riseFromZero`): more is a counter that was there before and was not seen, and then the sum of that period is not known.
 */
export const risesOf = (all: readonly Series[], boundaries: Boundaries, expected: Rises, parts = 1): Rises =>
  pairs(boundaries).map(([start, end], period) => {
    const most = expected[period] ?? Number.NaN;
    const step = (end - start) / parts;
    let sum = 0;
    for (const { values } of all)
      for (let part = 0; part < parts; part += 1) {
        const now = values.get(start + (part + 1) * step);
        if (now === undefined) continue;
        const before = values.get(start + part * step);
        const rise = before === undefined ? riseFromZero(now, most) : counterRise(before, now, most);
        if (rise === undefined) return undefined;
        sum += rise;
      }
    return sum;
  });
