/** Numbers and times as people read them. */

/** `3000` as `3,000`. */
export const count = (value: number): string => value.toLocaleString('en-US');

const MOST_DECIMALS = 4;

/**
 * A share as `99.9 %`: one decimal, more where one would lie: 2999.9 of 3000 is never `100 %`, and a share just below a
 * limit never reads as the limit.
 * @param limit percent that the share is compared with
 */
export const percentOf = (part: number, whole: number, limit?: number): string => {
  const value = whole === 0 ? 0 : (part * 100) / whole;
  const lies = (text: string): boolean =>
    (Number(text) === 100 && part < whole) ||
    (Number(text) === 0 && part > 0) ||
    (limit !== undefined && Math.sign(Number(text) - limit) !== Math.sign(value - limit));
  let decimals = 1;
  while (decimals < MOST_DECIMALS && lies(value.toFixed(decimals))) decimals += 1;
  return `${Number(value.toFixed(decimals))} %`;
};

/** Milliseconds as Go's time.Duration prints them, for Flagger's texts: `612ms`, `1.515s`, `1m30s`. */
export const goDuration = (milliseconds: number): string => {
  const ms = Math.round(milliseconds);
  if (ms < 1000) return `${ms}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = `${(ms % 60_000) / 1000}s`;
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
};

/** `1 check`, `5 checks`. */
export const plural = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
