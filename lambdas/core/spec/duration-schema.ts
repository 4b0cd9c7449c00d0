import * as z from 'zod';
import { formatDuration, parseDuration } from './duration.ts';

/** Whole seconds, written as a duration or as a number of seconds; parsed to seconds. */
export const duration = (range: { min: number; max: number }) =>
  z.union([z.string(), z.number()]).transform((value, context) => {
    const seconds = typeof value === 'number' ? value : parseDuration(value);
    if (seconds === undefined || !Number.isInteger(seconds) || seconds < range.min || seconds > range.max) {
      const wanted = `a duration of ${formatDuration(range.min)} to ${formatDuration(range.max)}, such as 1m`;
      context.addIssue({ code: 'custom', message: `must be ${wanted}`, input: value });
      return z.NEVER;
    }
    return seconds;
  });

/** Milliseconds, written as `500ms`, as a duration or as a number of milliseconds; parsed to milliseconds. */
export const milliseconds = () =>
  z.union([z.string(), z.number()]).transform((value, context) => {
    const inMs = typeof value === 'string' ? /^(\d+(?:\.\d+)?)ms$/.exec(value)?.[1] : undefined;
    const seconds = typeof value === 'string' ? parseDuration(value) : undefined;
    const ms =
      typeof value === 'number'
        ? value
        : inMs !== undefined
          ? Number(inMs)
          : seconds === undefined
            ? Number.NaN
            : seconds * 1000;
    if (!(ms > 0 && ms <= 3_600_000)) {
      context.addIssue({
        code: 'custom',
        message: 'must be a time above 0 and up to an hour, such as 500ms',
        input: value,
      });
      return z.NEVER;
    }
    return ms;
  });
