import { eventName } from '../judge/check.ts';
import type { RolloutEvent } from '../rollout.ts';
import type { RolloutSpec } from '../spec/schema.ts';

/** One sentence for the console's table. */
export const shiftSentence = (spec: RolloutSpec, weight: number): string =>
  weight === 0
    ? `All traffic is on ${spec.router.appMesh.primary}`
    : `${weight} % of the traffic is on ${spec.router.appMesh.canary}, ${100 - weight} % on ${spec.router.appMesh.primary}`;

/** The events of a shift, worded as Flagger's. */
export const shiftEvents = (spec: RolloutSpec, weight: number): RolloutEvent[] => {
  return weight === 0
    ? [{ phase: 'Finalising', text: 'Routing all traffic to primary' }]
    : [{ phase: 'Progressing', text: `Advance ${eventName(spec)} canary weight ${weight}` }];
};
