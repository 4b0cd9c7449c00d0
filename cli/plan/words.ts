import type { Chances } from '../../lambdas/core/forecast/chances.ts';
import type { Regression } from '../../lambdas/core/forecast/traffic.ts';
import { count } from '../../lambdas/core/words.ts';

/** Minutes as people plan with them: `7m`, `1h05m`; `-` for never. */
export const minutes = (seconds: number | undefined): string => {
  if (seconds === undefined) return '-';
  const all = Math.round(seconds / 60);
  return all < 60 ? `${all}m` : `${Math.floor(all / 60)}h${String(all % 60).padStart(2, '0')}m`;
};

/** A share of 0 to 1 as `97 %`. */
export const share = (value: number): string => `${Math.round(value * 100)} %`;

/** A share of 0 to 1 as `0.1 %`, with no more digits than it has. */
export const rate = (value: number): string => `${Number((value * 100).toPrecision(3))} %`;

/** `+0.5 points of errors`, `latency x1.3`. */
export const regressionName = ({ errors, latency }: Regression): string =>
  errors > 0
    ? `+${Number((errors * 100).toPrecision(3))} ${errors === 0.01 ? 'point' : 'points'} of errors`
    : `latency x${latency}`;

/** What a regression costs until it is stopped: failed requests, or slow ones where nothing fails. */
export const cost = ({ regression, failed, canaryRequests }: Chances): string =>
  regression.errors > 0
    ? `${count(Math.round(failed))} failed requests`
    : `${count(Math.round(canaryRequests))} slow requests`;

/** Text in lines of at most `width` characters, broken between words; `indent` spaces before each but the first. */
export const wrapped = (text: string, indent: number, width = 80): string => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const room = width - (lines.length > 0 ? indent : 0);
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
};

/** Rows in columns as wide as their widest cell, two spaces between. */
export const columns = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};
