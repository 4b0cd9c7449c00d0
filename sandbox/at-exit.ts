const works = new Set<() => void>();
const runAll = (): void => {
  for (const work of works) work();
};

/**
 * Does `work` when this process ends, however many sandboxes it has: they share one listener. `work` must be done at once,
 * as nothing waits any more. Returns what takes it back.
 */
export const atExit = (work: () => void): (() => void) => {
  if (works.size === 0) process.once('exit', runAll);
  works.add(work);
  return () => {
    works.delete(work);
    if (works.size === 0) process.off('exit', runAll);
  };
};
