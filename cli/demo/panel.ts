import { count, percentOf } from '../../lambdas/core/words.ts';
import type { Panel } from './screen.ts';
import { bar, fitted, minutes } from './words.ts';

/** Wider bars say no more. */
const WIDEST_BAR = 50;
/** What stands on both sides of the bar: `primary 100 % ` and ` canary 100 %`. */
const BAR_LABELS = 27;

const weights = (canary: number, width: number): string => {
  const cells = Math.max(4, Math.min(WIDEST_BAR, width - BAR_LABELS));
  const primary = `${100 - canary}`.padStart(3);
  return `primary ${primary} % ${bar(canary, cells)} canary ${`${canary}`.padStart(2)} %`;
};

const versionLines = ({ versions }: Panel): string[] =>
  Object.entries(versions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([version, { requests, failures }]) => {
      const name = (version === 'none' ? 'no pod' : version).padEnd(7);
      const failed = `${count(failures).padStart(5)} failed (${percentOf(failures, requests)})`;
      return `${name} ${count(requests).padStart(7)} requests ${failed}`;
    });

/** What is kept in sight, each line at most `width` characters: what runs, the split, what users saw, the keys. */
export const panelLines = (
  panel: Panel,
  { width, spinner }: { width: number; spinner: string },
): string[] => {
  const { version, state, canary, seconds, keys } = panel;
  const under = version === undefined ? state : `${version}: ${state === '' ? 'starts' : state}`;
  const head = `${spinner} ${minutes(seconds)}  ${under}`;
  const counts = versionLines(panel);
  const lines = [head, ...(counts.length === 0 ? [] : [weights(canary, width), ...counts])];
  return [...lines, ...(keys === '' ? [] : [keys])].map((line) => fitted(line, width));
};
