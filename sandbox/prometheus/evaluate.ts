import type { Expression, Matcher } from './promql.ts';

export type Labels = Readonly<Record<string, string>>;

/** A series with its sample at each of the times that were asked for; undefined where it has none. */
export interface Sampled {
  readonly labels: Labels;
  readonly samples: readonly (number | undefined)[];
}

/** Regular expressions are anchored at both ends. */
const matches = ({ label, operator, value }: Matcher, labels: Labels): boolean => {
  const found = labels[label] ?? '';
  switch (operator) {
    case '=':
      return found === value;
    case '!=':
      return found !== value;
    case '=~':
      return new RegExp(`^(?:${value})$`, 's').test(found);
    case '!~':
      return !new RegExp(`^(?:${value})$`, 's').test(found);
  }
};

const groupLabels = (
  labels: Labels,
  { by, without }: { by?: readonly string[]; without?: readonly string[] },
) =>
  Object.fromEntries(
    Object.entries(labels).filter(([name]) => {
      if (by !== undefined) return by.includes(name);
      return without !== undefined && name !== '__name__' && !without.includes(name);
    }),
  );

const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort());

const summed = (all: readonly Sampled[]): (number | undefined)[] =>
  (all[0]?.samples ?? []).map((_, index) => {
    const known = all.flatMap(({ samples }) => samples[index] ?? []);
    return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
  });

const nameless = ({ __name__: _name, ...labels }: Labels): Labels => labels;

/** `or`: the left side's series, and those of the right whose labels, the name aside, the left does not have at that time. */
const either = (left: readonly Sampled[], right: readonly Sampled[]): Sampled[] => {
  const taken = new Map(left.map((one) => [keyOf(nameless(one.labels)), one]));
  const rest = right.map(({ labels, samples }) => {
    const other = taken.get(keyOf(nameless(labels)));
    return {
      labels,
      samples: samples.map((value, index) => (other?.samples[index] === undefined ? value : undefined)),
    };
  });
  // What has the very same labels is one series, whichever side a sample came from.
  const byLabels = Map.groupBy([...left, ...rest], ({ labels }) => keyOf(labels));
  return [...byLabels.values()]
    .map((same) => ({ labels: same[0]?.labels ?? {}, samples: summed(same) }))
    .filter(({ samples }) => samples.some((value) => value !== undefined));
};

/**
 * The series of an expression.
 * @param select the series that all matchers hold for
 */
export const evaluate = (
  expression: Expression,
  select: (matching: (labels: Labels) => boolean) => readonly Sampled[],
): readonly Sampled[] => {
  switch (expression.kind) {
    case 'selector':
      return select((labels) => expression.matchers.every((matcher) => matches(matcher, labels)));
    case 'or':
      return either(evaluate(expression.left, select), evaluate(expression.right, select));
    case 'sum': {
      const groups = Map.groupBy(evaluate(expression.of, select), ({ labels }) =>
        keyOf(groupLabels(labels, expression)),
      );
      return [...groups.values()].map((group) => ({
        labels: groupLabels(group[0]?.labels ?? {}, expression),
        samples: summed(group),
      }));
    }
  }
};
