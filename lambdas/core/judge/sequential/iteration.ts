import { abOf } from '../../spec/strategy.ts';
import { nextIteration } from '../iterations.ts';
import type { Ruling } from '../rules.ts';
import type { Case } from './case.ts';

/** The iteration of A/B that comes next; undefined in the last one, and where none are counted beside the weights. */
export const iterationLeft = ({
  input: { spec },
  before,
}: Pick<Case, 'input' | 'before'>): number | undefined =>
  abOf(spec) === undefined ? undefined : nextIteration(spec, before);

/** The iteration that a tick begins: one of whole periods at this weight, with nothing that speaks against the canary. */
export const iterationBegun = (on: Case, { decision }: Ruling): number | undefined => {
  const passes = on.ticks.proves && !on.told.found.hold && on.gate === undefined && on.number === undefined;
  return decision === 'hold' && passes && on.before.asked === undefined ? iterationLeft(on) : undefined;
};
