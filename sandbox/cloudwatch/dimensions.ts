import type { Dimension } from '@aws-sdk/client-cloudwatch';

/** The API's list of dimensions as one object. */
export const dimensionsOf = (dimensions: readonly Dimension[] | undefined): Record<string, string> =>
  Object.fromEntries((dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]));

/** The other way: in the order of their names. */
export const dimensionList = (dimensions: Readonly<Record<string, string>>): Dimension[] =>
  Object.entries(dimensions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Name, Value]) => ({ Name, Value }));
