import type { Screen } from './screen.ts';
import { stepStart } from './words.ts';

/** Lines for a log: each with the seconds since the start, no colours, nothing that moves. */
export const plainScreen = (write: (text: string) => void, now = () => performance.now()): Screen => {
  const start = now();
  const line = (text: string): void => {
    const seconds = ((now() - start) / 1000).toFixed(1).padStart(5);
    write(`${`${seconds} s  ${text}`.trimEnd()}\n`);
  };
  return {
    line,
    step: (row) => line(`${stepStart(row)}${row.say}`),
    quote: (lines) => {
      for (const one of lines) line(`  | ${one}`);
    },
    show: () => {},
    close: () => {},
  };
};
