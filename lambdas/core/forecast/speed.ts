import type { Chances } from './chances.ts';

/** How soon nine in ten healthy releases are promoted, best first: within 30 minutes, within an hour, later, or not so many. */
export const speeds = ['minutes', 'an hour', 'hours', 'never'] as const;
export type Speed = (typeof speeds)[number];

const MINUTES = 30 * 60;
/** A deadline of an hour is looked at by the tick after it. */
const HOUR = 61 * 60;

export const speedOf = ({ nineInTen }: Pick<Chances, 'nineInTen'>): Speed => {
  if (nineInTen === undefined) return 'never';
  if (nineInTen <= MINUTES) return 'minutes';
  return nineInTen <= HOUR ? 'an hour' : 'hours';
};
