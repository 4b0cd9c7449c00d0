/** What was counted since the evidence began to speak against the canary: the numbers that a verdict is told with. */
import { type PairedCounts, usable } from './counts.ts';
import type { Observation } from './step.ts';

/** By metric (limits as `slo:NAME`): canary requests and bad ones, primary requests and bad ones. */
export interface Suspicion {
  readonly ticks: number;
  readonly counts: Readonly<Record<string, readonly [number, number, number, number]>>;
}

export const NO_SUSPICION: Suspicion = { ticks: 0, counts: {} };

const entries = (found: Observation): [string, PairedCounts | undefined][] => [
  ...Object.entries(found.metrics),
  ...Object.entries(found.limits).map(([name, counts]): [string, PairedCounts | undefined] => [
    `slo:${name}`,
    counts,
  ]),
];

/** Ticks in which nothing spoke against the canary are forgotten. */
const isInnocent = (evidence: number): boolean => evidence <= 1;

export const suspect = (before: Suspicion, found: Observation, evidence: number): Suspicion => {
  if (isInnocent(evidence)) return NO_SUSPICION;
  const counts = { ...before.counts };
  for (const [name, paired] of entries(found)) {
    const valid = usable(paired);
    if (valid === undefined) continue;
    const [a, b, c, d] = counts[name] ?? [0, 0, 0, 0];
    const { canary, primary } = valid;
    counts[name] = [a + canary.requests, b + canary.bad, c + primary.requests, d + primary.bad];
  }
  return { ticks: before.ticks + 1, counts };
};

/** The part with the most evidence, weighed by nothing: what a person should look at. */
export const worstPart = (parts: Readonly<Record<string, number>>): string | undefined =>
  Object.entries(parts).reduce<[string, number] | undefined>(
    (worst, part) => (worst === undefined || part[1] > worst[1] ? part : worst),
    undefined,
  )?.[0];
