import type { Side } from '../rollout.ts';

/** States that decide where traffic goes: the newest one that an execution entered tells. */
export const SAFE_FROM: Readonly<Record<string, Side>> = {
  'Take route': 'primary',
  'Record primary as safe': 'primary',
  'Promote primary': 'canary',
};

/** Entered when traffic is on its safe side already: from here on the service may belong to the next rollout. */
export const DONE: readonly string[] = [
  'Finish rollout',
  'Finish rollback',
  'Finish failed promotion',
  'Give the claim back',
];

/** Entered when the machine itself takes back what it did. */
export const UNDOING: readonly string[] = ['Roll back', 'Keep canary serving'];

/**
 * The safe side from the states that an execution entered, newest first: for when the table cannot be read. Undefined for
 * one that never held the service or was done with it.
 */
export const safeByHistory = (entered: readonly string[]): Side | undefined =>
  entered.some((name) => DONE.includes(name))
    ? undefined
    : entered.map((name) => SAFE_FROM[name]).find((side) => side !== undefined);
