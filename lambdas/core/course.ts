import { steps } from './plan.ts';
import type { RolloutSpec } from './spec/schema.ts';
import { abOf, blueGreenOf } from './spec/strategy.ts';
import { plural } from './words.ts';

/** How a canary gets its traffic, in short: `5, 25, 50 %`, or `10 iterations without traffic, then 100 %`. */
export const courseInShort = (spec: Pick<RolloutSpec, 'strategy'>): string => {
  const [ab, blueGreen] = [abOf(spec), blueGreenOf(spec)];
  if (ab !== undefined) return `${plural(ab.iterations, 'iteration')} for the users that match`;
  if (blueGreen !== undefined)
    return `${plural(blueGreen.iterations, 'iteration')} without traffic, then 100 %`;
  return `${steps(spec).join(', ')} %`;
};
