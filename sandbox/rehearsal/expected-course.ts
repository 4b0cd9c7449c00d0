import type { RehearsedRollout } from './result.ts';

/** Stands for any number of events. */
const ANY = '...';

const line = ({ at, phase, text }: RehearsedRollout['events'][number]): string => `${at}s ${phase}: ${text}`;

/** So that events after the last expected one are not passed over. */
const END = 'no more events';

/** How many of the expected lines were met from `index` on: all, or those before the first that was not. */
const met = (lines: readonly string[], expected: readonly string[], index = 0): number => {
  const [first, ...rest] = expected;
  if (first === undefined) return 0;
  if (first !== ANY) return lines[index]?.includes(first) === true ? 1 + met(lines, rest, index + 1) : 0;
  const froms = Array.from({ length: lines.length - index + 1 }, (_, passed) => index + passed);
  return 1 + Math.max(...froms.map((from) => met(lines, rest, from)));
};

/**
 * What differs from the events that were expected, all of them in order: each is part of `120s Progressing: Advance …`,
 * and `...` stands for any number of others.
 */
export const unmetEvents = ({ events }: RehearsedRollout, expected: readonly string[]): string[] => {
  const lines = [...events.map(line), END];
  const wanted = [...expected, END];
  const count = met(lines, wanted);
  return count === wanted.length
    ? []
    : [`the event "${wanted[count]}" was expected, got: ${events.map(line).join(' | ')}`];
};

/** What differs from the canary's weights that were expected, one after the other, the first one of before left out. */
export const unmetWeights = ({ weights }: RehearsedRollout, expected: readonly number[]): string[] => {
  const got = weights.slice(1).map(([, percent]) => percent);
  return JSON.stringify(got) === JSON.stringify(expected)
    ? []
    : [`the weights ${expected.join(', ')} were expected, got ${got.join(', ')}`];
};
