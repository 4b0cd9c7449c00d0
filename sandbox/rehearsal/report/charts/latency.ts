import type { ReportedLimit, SidePeriod, TrafficPeriod } from '../data.ts';
import type { Html } from '../html.ts';
import { count } from '../words.ts';
import { line, plot } from './plot.ts';
import { type Span, valueTicks } from './scale.ts';

type Side = 'primary' | 'canary';
type Percentile = 'p50' | 'p99';

/** Room above the limit, so that its line is seen. */
const HEADROOM = 1.1;

/** Points in the middle of their periods; a period without data breaks the line. */
const points = (
  periods: readonly TrafficPeriod[],
  side: Side,
  percentile: Percentile,
): (readonly [number, number] | undefined)[] =>
  periods.map((period) => {
    const value = period[side]?.[percentile];
    return value === undefined ? undefined : [(period.start + period.end) / 2, value];
  });

const highestOf = (periods: readonly TrafficPeriod[], side: Side): number =>
  Math.max(0, ...periods.map((period) => (period[side] as SidePeriod | undefined)?.p99 ?? 0));

/** Response times of both versions: the middle one and the 99th percentile, with the limit. */
export const latencyChart = (
  periods: readonly TrafficPeriod[],
  time: Span,
  limits: readonly ReportedLimit[],
): Html => {
  const limit = limits.find(({ maxMs }) => maxMs !== undefined)?.maxMs;
  const ticks = valueTicks(
    Math.max(10, (limit ?? 0) * HEADROOM, highestOf(periods, 'primary'), highestOf(periods, 'canary')),
  );
  const highest = (side: Side) => `${side} up to ${count(Math.round(highestOf(periods, side)))} ms`;
  return plot({
    title: 'Response times',
    unit: 'milliseconds, of the caller with the highest',
    summary: `99th percentile: ${highest('canary')}, ${highest('primary')}`,
    time,
    ticks,
    key: [
      ['line canary', 'canary, 99th percentile'],
      ['line primary', 'primary, 99th percentile'],
      ['line canary middle', 'canary, median'],
      ['line primary middle', 'primary, median'],
      ...(limit === undefined ? [] : [['line limit', `limit ${count(limit)} ms`] as const]),
    ],
    draw: (scale) => [
      ...(limit === undefined
        ? []
        : [
            line(scale, 'line limit', [
              [time.from, limit],
              [time.to, limit],
            ]),
          ]),
      line(scale, 'line primary middle', points(periods, 'primary', 'p50')),
      line(scale, 'line canary middle', points(periods, 'canary', 'p50')),
      line(scale, 'line primary', points(periods, 'primary', 'p99')),
      line(scale, 'line canary', points(periods, 'canary', 'p99')),
    ],
  });
};
