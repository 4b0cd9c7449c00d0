import type { Grouping, Matcher, Matching } from './expression.ts';

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

/** Whether all matchers hold. */
export const matchesAll =
  (matchers: readonly Matcher[]) =>
  (labels: Labels): boolean =>
    matchers.every((matcher) => matches(matcher, labels));

export const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort());

export const nameless = ({ __name__: _name, ...labels }: Labels): Labels => labels;

const picked = (labels: Labels, keeps: (name: string) => boolean): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => keeps(name)));

/** What is left of labels in a group. */
export const groupLabels = (labels: Labels, { by, without }: Grouping): Labels =>
  picked(labels, (name) => {
    if (by !== undefined) return by.includes(name);
    return without !== undefined && name !== '__name__' && !without.includes(name);
  });

/** By what two series find each other. */
export const matchedBy = (labels: Labels, { on, ignoring = [] }: Matching): Labels =>
  picked(labels, (name) =>
    on === undefined ? name !== '__name__' && !ignoring.includes(name) : on.includes(name),
  );
