import { list, type RawGraph, type RawState, record } from './shapes.ts';

/** A way out of a state, with the variables that are written on it. */
interface Way {
  readonly to: string;
  readonly assigns: readonly string[];
}

const namesIn = (assign: unknown): readonly string[] => Object.keys(record(assign));

const way = ({ Next, Assign }: RawState): readonly Way[] =>
  typeof Next === 'string' ? [{ to: Next, assigns: namesIn(Assign) }] : [];

const waysOut = (state: RawState): readonly Way[] => [
  ...(state.Type === 'Choice'
    ? [...list(state.Choices).flatMap((rule) => way(record(rule))), ...way({ ...state, Next: state.Default })]
    : way(state)),
  ...list(state.Catch).flatMap((rule) => way(record(rule))),
];

/** Names that a graph's own states assign, those of inner graphs not counted. */
export const assignedIn = ({ states }: RawGraph): ReadonlySet<string> =>
  new Set(
    [...states.values()].flatMap((state) =>
      [state, ...list(state.Choices), ...list(state.Catch)].flatMap((rule) => namesIn(record(rule).Assign)),
    ),
  );

/** What is known on entry to a state. */
export interface Entry {
  /** Variables that have a value whichever way led here. */
  readonly assigned: ReadonlySet<string>;
  /** A state before this one from which the variable may come without a value. */
  readonly lackingFrom: (name: string) => string | undefined;
}

/**
 * Which variables have a value on entry to each state that can be reached, whatever the path: the greatest solution of
 * in(s) = ∩ over the ways p → s of in(p) ∪ assigned(p → s), found by a work list.
 * @param outer variables that have a value where the graph begins
 */
export const assignedOnEntry = (
  { startAt, states }: RawGraph,
  outer: ReadonlySet<string>,
): ReadonlyMap<string, Entry> => {
  const known = new Map<string, Set<string>>([[startAt, new Set(outer)]]);
  const pending = [startAt];
  const arrive = (to: string, carried: ReadonlySet<string>) => {
    const before = known.get(to);
    const after =
      before === undefined ? new Set(carried) : new Set([...before].filter((n) => carried.has(n)));
    if (before?.size === after.size) return;
    known.set(to, after);
    pending.push(to);
  };
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const here = known.get(name) ?? new Set();
    for (const { to, assigns } of waysOut(states.get(name) ?? {})) arrive(to, new Set([...here, ...assigns]));
  }
  const lackingFrom = (to: string, variable: string) =>
    [...known].find(([name, assigned]) =>
      waysOut(states.get(name) ?? {}).some(
        (out) => out.to === to && !assigned.has(variable) && !out.assigns.includes(variable),
      ),
    )?.[0];
  return new Map(
    [...known].map(([name, assigned]) => [
      name,
      { assigned, lackingFrom: (variable) => lackingFrom(name, variable) },
    ]),
  );
};
