import { AwsError } from '../aws/service.ts';
import type { Statistic } from './statistic.ts';
import { parseStatistic } from './statistic.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A span of whole periods, epoch ms, `to` exclusive. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly period: number;
}

/** Seconds to a period in ms; refuses what CloudWatch refuses. */
export const periodOf = (seconds: number | undefined, path: string): number => {
  const valid =
    seconds !== undefined && ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0));
  if (!valid)
    throw new AwsError(
      'ValidationException',
      `The parameter ${path} must be 1, 5, 10, 20, 30 or a multiple of 60, got ${seconds}.`,
    );
  return seconds * 1_000;
};

/** The finest period that old data still have: 60 s after 3 hours, 5 minutes after 15 days, 1 hour after 63 days. */
const finestPeriod = (age: number): number => {
  if (age > 63 * DAY) return HOUR;
  if (age > 15 * DAY) return 300_000;
  return age > 3 * HOUR ? 60_000 : 1_000;
};

/** The window that a request asks for; undefined when it is too old for so fine a period, and so holds no datapoint. */
export const windowOf = (start: Date, end: Date, period: number, now: number): Window | undefined => {
  const finest = finestPeriod(now - start.getTime());
  if (period % finest !== 0) return undefined;
  const grain = Math.max(period < 60_000 ? period : 60_000, finest);
  return { from: Math.floor(start.getTime() / grain) * grain, to: end.getTime(), period };
};

/** The statistic of that name; refuses one that CloudWatch does not have. */
export const statisticNamed = (name: string | undefined, path: string): Statistic => {
  const statistic = parseStatistic(name ?? '');
  if (statistic === undefined)
    throw new AwsError('ValidationException', `The value ${name} for parameter ${path} is not a statistic.`);
  return statistic;
};
