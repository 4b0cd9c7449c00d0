import type { Strategy } from './strategy-schema.ts';

interface WithStrategy {
  readonly strategy: Strategy;
}

/** What every strategy may say, whichever it is. */
export const courseOf = ({
  strategy,
}: WithStrategy): {
  readonly stepWeightPromotion?: number | undefined;
  readonly onTick?: boolean | undefined;
} => ('ab' in strategy ? strategy.ab : strategy.canary);

/** The A/B strategy of a spec; undefined where it has another. */
export const abOf = ({ strategy }: WithStrategy) => ('ab' in strategy ? strategy.ab : undefined);

/** Passing checks that promotion needs; undefined where weights are walked instead. */
export const iterationsOf = (spec: WithStrategy): number | undefined => abOf(spec)?.iterations;
