import * as z from 'zod';
import { duration } from './duration-schema.ts';

/** Before the first write, before every increase, before promotion, or before the canary gets that many percent. */
const WHERE = 'must be rollout, increase, promotion or a weight of 1 to 100 (percent)';
const before = () =>
  z.union([
    z.enum(['rollout', 'increase', 'promotion'], WHERE),
    z.number(WHERE).int(WHERE).min(1, WHERE).max(100, WHERE),
  ]);

const gate = z.strictObject({
  before: before(),
  /** Seconds that the question stays open; then it counts as rejected. */
  timeout: duration({ min: 60, max: 86_400 }).default(86_400),
});

/** A place where a rollout waits for a person's approval. */
export type GateSpec = z.output<typeof gate>;

/** What the gates of a spec say only together, and with its steps. */
export const gateProblems = (gates: readonly GateSpec[], steps: readonly number[]): string[] =>
  gates.flatMap(({ before: where }, index) => {
    const first = gates.findIndex((other) => other.before === where);
    if (first !== index)
      return [
        `gates[${index}].before: must be its own, gates[${first}] stands there, got ${JSON.stringify(where)}`,
      ];
    if (typeof where === 'number' && !steps.includes(where))
      return [`gates[${index}].before: must be a weight of the strategy (${steps.join(', ')}), got ${where}`];
    return [];
  });

/** The gates of a spec. */
export const gates = () => z.array(gate).default([]);
