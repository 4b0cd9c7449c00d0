/** A spec's own metrics: what there was, and what was bad of it, by any two queries for counters. */
import type { Counts } from '../../core/evidence.ts';
import type { Side } from '../../core/rollout.ts';
import type { Series } from './client.ts';
import { type Custom, customQueries, type Names } from './queries.ts';
import { type Boundaries, expectedRises, type Rises, risesOf } from './rises.ts';

type Ask = (query: string) => Promise<readonly Series[]>;

/** One metric's series of each side that was asked for. */
interface Read {
  readonly name: string;
  readonly sides: ReadonlyMap<Side, { readonly total: readonly Series[]; readonly bad: readonly Series[] }>;
}

/** By side, each metric's totals and bad ones by period. */
export type CountedCustom = ReadonlyMap<
  Side,
  readonly { readonly name: string; readonly total: Rises; readonly bad: Rises }[]
>;

const readOne = async (of: Custom, sides: readonly Side[], names: Names, ask: Ask): Promise<Read> => {
  const found = await Promise.all(
    sides.map(async (side) => {
      const queries = customQueries(of, side, names);
      const [total, bad] = await Promise.all([ask(queries.total), ask(queries.bad)]);
      return [side, { total, bad }] as const;
    }),
  );
  return { name: of.name, sides: new Map(found) };
};

/** Reads and counts all of them. What is bad can be no more than what there was. */
export const countCustom = async (
  custom: readonly Custom[],
  sides: readonly Side[],
  names: Names,
  boundaries: Boundaries,
  ask: Ask,
): Promise<CountedCustom> => {
  const read = await Promise.all(custom.map((of) => readOne(of, sides, names, ask)));
  return new Map(
    sides.map((side) => [
      side,
      read.map(({ name, sides: found }) => {
        const expected = expectedRises(
          [...found.values()].flatMap(({ total }) => total),
          boundaries,
        );
        const of = found.get(side) ?? { total: [], bad: [] };
        const total = risesOf(of.total, boundaries, expected);
        return { name, total, bad: risesOf(of.bad, boundaries, total) };
      }),
    ]),
  );
};

/** A side's counts in one period; absent where nothing of them is known. */
export const customAt = (counted: CountedCustom, side: Side, period: number): Counts['custom'] => {
  const known = (counted.get(side) ?? []).flatMap(({ name, total, bad }) => {
    const [requests, wrong] = [total[period], bad[period]];
    return requests === undefined || wrong === undefined || requests <= 0
      ? []
      : [[name, { requests, bad: Math.min(wrong, requests) }] as const];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known);
};
