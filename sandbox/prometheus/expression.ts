/** PromQL as the sandbox reads it. */

/** How a label must be. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

/** Labels that stay, or that go; all go where neither is there. */
export interface Grouping {
  readonly by?: readonly string[];
  readonly without?: readonly string[];
}

/** Which labels must be the same on both sides; all but the name where neither is there. */
export interface Matching {
  readonly on?: readonly string[];
  readonly ignoring?: readonly string[];
}

export const ARITHMETIC = ['+', '-', '*', '/', '%', '^'] as const;
export const COMPARISONS = ['==', '!=', '>', '<', '>=', '<='] as const;
export const SETS = ['and', 'or', 'unless'] as const;
export type BinaryOperator =
  | (typeof ARITHMETIC)[number]
  | (typeof COMPARISONS)[number]
  | (typeof SETS)[number];

export const RANGE_FUNCTIONS = ['rate', 'increase', 'irate', 'delta'] as const;
export type RangeFunction = (typeof RANGE_FUNCTIONS)[number];

/** The part of PromQL that the sandbox evaluates. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'selector'; readonly matchers: readonly Matcher[] }
  | {
      readonly kind: 'range';
      readonly function: RangeFunction;
      readonly matchers: readonly Matcher[];
      /** Milliseconds. */
      readonly range: number;
    }
  | { readonly kind: 'quantile'; readonly share: Expression; readonly of: Expression }
  | { readonly kind: 'vector' | 'scalar'; readonly of: Expression }
  | ({ readonly kind: 'aggregate'; readonly how: Aggregation; readonly of: Expression } & Grouping)
  | ({
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      /** A comparison that answers 0 or 1 and leaves nothing out. */
      readonly bool: boolean;
    } & Matching);

/** A query that is no PromQL, or more of it than the sandbox has. */
export class WrongQuery extends Error {
  override readonly name = 'WrongQuery';
}
