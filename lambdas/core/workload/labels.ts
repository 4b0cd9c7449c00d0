import type { Labels, Selector } from './objects.ts';

type Expression = NonNullable<Selector['matchExpressions']>[number];

const fits = ({ key, operator, values = [] }: Expression, labels: Labels): boolean => {
  const value = labels[key];
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  if (operator === 'In') return value !== undefined && values.includes(value);
  return value === undefined || !values.includes(value);
};

/** Whether a label selector selects these labels (Kubernetes LabelSelector: all of it must hold). */
export const selects = ({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every((expression) => fits(expression, labels));

/** The labels that a selector looks at. */
export const keysOf = ({ matchLabels = {}, matchExpressions = [] }: Selector): ReadonlySet<string> =>
  new Set([...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)]);

const SIDE_WORD = /(^|[-_.])(primary|stable|canary)([-_.]|$)/;

/**
 * The labels that tell the two sides apart: what the selectors look at, and values that name a side, for VirtualNodes and
 * Services select pods too.
 */
const isIdentity = (
  key: string,
  primary: string | undefined,
  canary: string | undefined,
  keys: ReadonlySet<string>,
) => keys.has(key) || SIDE_WORD.test(primary ?? '') || SIDE_WORD.test(canary ?? '');

/**
 * The pod labels of the primary with the canary's template: what tells the sides apart stays the primary's, everything
 * else is the canary's. Labels that only the primary has stay, as its Services may select them.
 */
export const primaryLabels = (
  primary: { readonly labels: Labels; readonly selector: Selector },
  canary: { readonly labels: Labels; readonly selector: Selector },
): Labels => {
  const keys = new Set([...keysOf(primary.selector), ...keysOf(canary.selector)]);
  const labels: Record<string, string> = { ...primary.labels };
  for (const [key, value] of Object.entries(canary.labels)) {
    if (!isIdentity(key, primary.labels[key], value, keys)) labels[key] = value;
  }
  return labels;
};
