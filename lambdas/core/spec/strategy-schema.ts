import * as z from 'zod';
import { matches } from './match-schema.ts';

const percent = () =>
  z.number().int('must be a whole percent').min(1, 'must be 1 to 100').max(100, 'must be 1 to 100');

/** What every strategy may say. */
const course = {
  /** How traffic returns to the primary after promotion: this many percent an interval. Absent: at once. */
  stepWeightPromotion: percent().optional(),
  /** The first share waits for the next tick, so that each step is one. */
  onTick: z.boolean().optional(),
};

/** Passing checks that promotion needs, for strategies that do not go by weights. */
const iterations = () =>
  z
    .number()
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(1000, 'must be 1000 or less')
    .default(10);

/** A share of all requests, rising. */
const canary = z.union([
  z.strictObject({ stepWeight: percent(), maxWeight: percent().default(100), ...course }),
  z.strictObject({ stepWeights: z.array(percent()).min(1, 'must have at least one weight'), ...course }),
]);

/** All requests of certain users, for a number of passing checks. */
const ab = z.strictObject({ iterations: iterations(), match: matches(), ...course });

/** No traffic for a number of passing looks, then all of it. */
const blueGreen = z.strictObject({
  iterations: iterations(),
  /** Whether requests that the route did not send (a load test) are judged before the switch: Flagger's way. */
  countUnrouted: z.boolean().default(false),
  ...course,
});

/** How the canary gets its traffic: exactly one of these. */
export const strategy = z.union([
  z.strictObject({ canary }),
  z.strictObject({ ab }),
  z.strictObject({ blueGreen }),
]);

export type Strategy = z.output<typeof strategy>;
