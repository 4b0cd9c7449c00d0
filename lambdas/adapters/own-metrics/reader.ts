import type { Side } from '../../core/rollout.ts';
import type { NumberSpec } from '../../core/spec/metrics.ts';
import type { RolloutSpec } from '../../core/spec/schema.ts';
import type { Rises } from '../prometheus/rises.ts';

/** A metric of the spec's own that is compared. */
export type Custom = NonNullable<RolloutSpec['analysis']['custom']>[number];

/** By side and period: what there was, and what was bad of it; undefined where it is not known. */
export type CountsBySide = Readonly<Partial<Record<Side, { readonly total: Rises; readonly bad: Rises }>>>;

/** Answers queries in the periods between boundaries: epoch milliseconds, rising, n periods have n + 1. */
export interface OwnReader {
  counts(metric: Custom, sides: readonly Side[], boundaries: readonly number[]): Promise<CountsBySide>;
  /** What a number is at the end of each period; undefined where there is none. */
  numbers(metric: NumberSpec, boundaries: readonly number[]): Promise<readonly (number | undefined)[]>;
}
