import { performance } from 'node:perf_hooks';
import type { Screen } from './screen.ts';

/** Lines for a log: each with the seconds since the start, no colours, nothing that moves. */
export const plainScreen = (write: (text: string) => void, now = () => performance.now()): Screen => {
  const start = now();
  return {
    line: (text, _tone, first = '') => {
      const seconds = ((now() - start) / 1000).toFixed(1).padStart(5);
      write(`${seconds} s  ${first}${text}`.trimEnd().concat('\n'));
    },
    show: () => {},
    close: () => {},
  };
};
