/** Iterations, of strategies that count passing ticks and walk no weights: one a tick, as in Flagger. */
import { waitsForPromotion } from '../holds/state.ts';
import type { RolloutEvent } from '../rollout.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { iterationsOf } from '../spec/strategy.ts';
import type { AnalysisState } from '../tasks.ts';
import { eventName } from './check.ts';

/** The iteration under way, from 1: it begins with the canary's traffic. */
export const iterationOf = ({ iteration = 1 }: Pick<AnalysisState, 'iteration'>): number => iteration;

/** The iteration that a passing tick begins; undefined where the strategy has none, or this was the last. */
export const nextIteration = (
  spec: RolloutSpec,
  before: Pick<AnalysisState, 'iteration'>,
): number | undefined => {
  const all = iterationsOf(spec) ?? 1;
  const next = iterationOf(before) + 1;
  return next <= all ? next : undefined;
};

/** `iteration 2 of 10`. */
export const iterationInWords = (spec: RolloutSpec, iteration: number): string =>
  `iteration ${iteration} of ${iterationsOf(spec) ?? 1}`;

/** Worded as Flagger's (`Advance %s.%s canary iteration %v/%v`). */
export const iterationEvent = (
  spec: RolloutSpec,
  iteration: number,
  phase: RolloutEvent['phase'] = 'Progressing',
): RolloutEvent => ({
  phase,
  text: `Advance ${eventName(spec)} canary iteration ${iteration}/${iterationsOf(spec) ?? 1}`,
});

/** The event of a tick that began an iteration. While promotion waits for a yes, Flagger's phase stays as it is. */
export const iterationEvents = (
  spec: RolloutSpec,
  before: AnalysisState,
  iteration: number | undefined,
): RolloutEvent[] =>
  iteration === undefined
    ? []
    : [iterationEvent(spec, iteration, waitsForPromotion(spec, before) ? 'WaitingPromotion' : 'Progressing')];
