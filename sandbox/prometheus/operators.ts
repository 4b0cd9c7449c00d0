/** Operators between scalars and vectors (Prometheus documentation, "Operators"). */
import { type BinaryOperator, COMPARISONS, type Matching, SETS, WrongQuery } from './expression.ts';
import { keyOf, type Labels, matchedBy, nameless, type Sampled } from './labels.ts';

/** What an expression comes to: one number at each time, or series. */
export type Value = { readonly scalar: readonly number[] } | { readonly vector: readonly Sampled[] };

type Operation = { readonly operator: BinaryOperator; readonly bool: boolean } & Matching;

const calculate = (operator: BinaryOperator, a: number, b: number): number => {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      return a ** b;
    case '==':
      return Number(a === b);
    case '!=':
      return Number(a !== b);
    case '>':
      return Number(a > b);
    case '<':
      return Number(a < b);
    case '>=':
      return Number(a >= b);
    case '<=':
      return Number(a <= b);
    default:
      return Number.NaN;
  }
};

const isComparison = (operator: BinaryOperator): boolean =>
  (COMPARISONS as readonly string[]).includes(operator);
const isSet = (operator: BinaryOperator): boolean => (SETS as readonly string[]).includes(operator);

/** A comparison without `bool` keeps what it holds for; everything else is a new number. */
const combined = (
  { operator, bool }: Operation,
  a: number | undefined,
  b: number | undefined,
  kept: number | undefined,
): number | undefined => {
  if (a === undefined || b === undefined) return undefined;
  const result = calculate(operator, a, b);
  if (!isComparison(operator) || bool) return result;
  return result === 1 ? kept : undefined;
};

const labelsAfter = ({ operator, bool }: Operation, labels: Labels): Labels =>
  isComparison(operator) && !bool ? labels : nameless(labels);

const some = ({ samples }: Sampled): boolean => samples.some((value) => value !== undefined);

const withScalar = (
  operation: Operation,
  vector: readonly Sampled[],
  scalar: readonly number[],
  vectorFirst: boolean,
): Sampled[] =>
  vector
    .map(({ labels, samples }) => ({
      labels: labelsAfter(operation, labels),
      samples: samples.map((value, index) =>
        vectorFirst
          ? combined(operation, value, scalar[index], value)
          : combined(operation, scalar[index], value, value),
      ),
    }))
    .filter(some);

const byMatch = (all: readonly Sampled[], matching: Matching): Map<string, Sampled> => {
  const found = new Map<string, Sampled>();
  for (const one of all) {
    const key = keyOf(matchedBy(one.labels, matching));
    if (found.has(key))
      throw new WrongQuery('found duplicate series for the match group; many-to-many matching not allowed');
    found.set(key, one);
  }
  return found;
};

const oneToOne = (operation: Operation, left: readonly Sampled[], right: readonly Sampled[]): Sampled[] => {
  const others = byMatch(right, operation);
  return [...byMatch(left, operation)].flatMap(([key, { labels, samples }]) => {
    const other = others.get(key);
    if (other === undefined) return [];
    const found = samples.map((value, index) => combined(operation, value, other.samples[index], value));
    const kept = isComparison(operation.operator) && !operation.bool;
    const one = { labels: kept ? labels : matchedBy(labels, operation), samples: found };
    return some(one) ? [one] : [];
  });
};

/** What has the very same labels is one series, whichever side a sample came from. */
const joined = (all: readonly Sampled[]): Sampled[] =>
  [...Map.groupBy(all, ({ labels }) => keyOf(labels)).values()]
    .map((same) => ({
      labels: same[0]?.labels ?? {},
      samples: (same[0]?.samples ?? []).map((_, index) =>
        same.map(({ samples }) => samples[index]).find((value) => value !== undefined),
      ),
    }))
    .filter(some);

/** Sets are by time: a series counts as there where it has a sample. */
const setOf = (operation: Operation, left: readonly Sampled[], right: readonly Sampled[]): Sampled[] => {
  const presence = (all: readonly Sampled[]) =>
    Map.groupBy(all, ({ labels }) => keyOf(matchedBy(labels, operation)));
  const isThere = (groups: ReturnType<typeof presence>, { labels }: Sampled, index: number): boolean =>
    (groups.get(keyOf(matchedBy(labels, operation))) ?? []).some(
      ({ samples }) => samples[index] !== undefined,
    );
  const kept = (all: readonly Sampled[], groups: ReturnType<typeof presence>, wanted: boolean): Sampled[] =>
    all.map((one) => ({
      labels: one.labels,
      samples: one.samples.map((value, index) =>
        isThere(groups, one, index) === wanted ? value : undefined,
      ),
    }));
  if (operation.operator === 'or') return joined([...left, ...kept(right, presence(left), false)]);
  return kept(left, presence(right), operation.operator === 'and').filter(some);
};

/** Applies an operator. Throws WrongQuery where Prometheus refuses the query. */
export const operate = (operation: Operation, left: Value, right: Value): Value => {
  if (isSet(operation.operator)) {
    if ('scalar' in left || 'scalar' in right)
      throw new WrongQuery(`set operator "${operation.operator}" not allowed in binary scalar expression`);
    return { vector: setOf(operation, left.vector, right.vector) };
  }
  if ('scalar' in left && 'scalar' in right) {
    if (isComparison(operation.operator) && !operation.bool)
      throw new WrongQuery('comparisons between scalars must use BOOL modifier');
    const { scalar } = right;
    return {
      scalar: left.scalar.map((value, index) => calculate(operation.operator, value, scalar[index] ?? 0)),
    };
  }
  if ('scalar' in left) {
    return 'scalar' in right ? left : { vector: withScalar(operation, right.vector, left.scalar, false) };
  }
  return 'scalar' in right
    ? { vector: withScalar(operation, left.vector, right.scalar, true) }
    : { vector: oneToOne(operation, left.vector, right.vector) };
};
