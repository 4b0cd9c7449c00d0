import { ErrorName } from '../errors.ts';
import { eventName } from '../judge/check.ts';
import { iterationEvent } from '../judge/iterations.ts';
import type { RolloutEvent, Side } from '../rollout.ts';
import { matchedRouteName } from '../spec/match.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { abOf, beforeSwitch, blueGreenOf, courseOf } from '../spec/strategy.ts';
import type { Failure } from '../tasks.ts';
import { sideName } from '../workload/poll.ts';

/** One sentence for the console's table. */
export const shiftSentence = (spec: RolloutSpec, weight: number): string => {
  const { route, primary, canary } = spec.router.appMesh;
  if (weight === 0) return `All traffic is on ${primary}`;
  if (abOf(spec) === undefined)
    return `${weight} % of the traffic is on ${canary}, ${100 - weight} % on ${primary}`;
  return `${weight} % of what ${matchedRouteName(route)} matches is on ${canary}, all else on ${primary}`;
};

/**
 * The event of a step, worded as Flagger's. With A/B the first iteration begins with the traffic, with blue/green before
 * it.
 */
export const shiftEvents = (spec: RolloutSpec, weight: number): RolloutEvent[] => {
  if (abOf(spec) !== undefined || beforeSwitch(spec, weight)) return [iterationEvent(spec, 1)];
  const text =
    blueGreenOf(spec) === undefined
      ? `Advance ${eventName(spec)} canary weight ${weight}`
      : 'Routing all traffic to canary';
  return [{ phase: 'Progressing', text }];
};

/** The events of traffic that returns to the primary, all at once or in steps, worded as Flagger's. */
export const returnEvents = (spec: RolloutSpec, weight: number): RolloutEvent[] => {
  const inSteps = courseOf(spec).stepWeightPromotion !== undefined;
  const text = inSteps
    ? `Advance ${eventName(spec)} primary weight ${100 - weight}`
    : 'Routing all traffic to primary';
  return [{ phase: weight === 0 ? 'Finalising' : 'Promoting', text }];
};

/** The event of a rollout that was undone by an error, where Flagger has words for it in those words. */
export const undoneEvent = (spec: RolloutSpec, safe: Side, { error, reason }: Failure): RolloutEvent => {
  const name = eventName(spec);
  if (safe === 'canary') {
    const missing = reason.replace(`${sideName(spec, 'primary')} not ready: `, '');
    return { phase: 'Failed', text: `Promotion of ${name} failed, primary not ready: ${missing}` };
  }
  const text = error === ErrorName.PodsFailed ? reason : `Rolling back ${name} ${reason}`;
  return { phase: 'Failed', text };
};
