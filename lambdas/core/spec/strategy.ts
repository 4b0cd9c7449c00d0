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
} => {
  if ('ab' in strategy) return strategy.ab;
  return 'blueGreen' in strategy ? strategy.blueGreen : strategy.canary;
};

/** The A/B strategy of a spec; undefined where it has another. */
export const abOf = ({ strategy }: WithStrategy) => ('ab' in strategy ? strategy.ab : undefined);

/** The blue/green strategy of a spec; undefined where it has another. */
export const blueGreenOf = ({ strategy }: WithStrategy) =>
  'blueGreen' in strategy ? strategy.blueGreen : undefined;

/** Passing checks that promotion needs, or with blue/green the switch; undefined where weights are walked instead. */
export const iterationsOf = (spec: WithStrategy): number | undefined =>
  (abOf(spec) ?? blueGreenOf(spec))?.iterations;

/** Whether a canary at this weight is one of blue/green that is still tested without traffic. */
export const beforeSwitch = (spec: WithStrategy, weight: number): boolean =>
  blueGreenOf(spec) !== undefined && weight === 0;
