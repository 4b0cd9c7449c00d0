/**
 * A process that rehearses one scenario after another, as messages bring them: what is loaded and warm is used again. It ends
 * with the process that started it, however that one ends, and at its end sandboxes remove what they left.
 */
import { constants } from 'node:os';
import type { Broken, Job, Rehearsed } from './job.ts';
import { perform } from './perform.ts';

const answer = (told: Rehearsed | Broken): void => {
  process.send?.(told);
};

/** A message of many lines (a build's) as one, long enough to tell what is wrong. */
const LONGEST = 400;
const inOneLine = (error: unknown): string => {
  const line = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
};

process.on('message', async (job: Job) => {
  try {
    answer(await perform(job));
  } catch (error) {
    answer({ file: job.loaded.file, broken: inOneLine(error) });
  }
});
process.once('disconnect', () => process.exit(1));
for (const signal of ['SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
// A terminal sends Ctrl-C to every process: the first of them decides, and tells this one by SIGTERM.
process.on('SIGINT', () => undefined);
