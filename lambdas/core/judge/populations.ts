import type { RolloutSpec } from '../spec/schema.ts';

/**
 * Whether canary and primary serve different users, or at different times: then no comparison of the two tells what the
 * release does to its users, and only the limits that the canary keeps by itself can decide. True of each strategy but
 * the one that splits the same traffic by weight.
 */
export const populationsDiffer = ({ strategy }: Pick<RolloutSpec, 'strategy'>): boolean =>
  !('canary' in strategy);
