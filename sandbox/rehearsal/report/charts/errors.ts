import type { ReportedLimit, TrafficPeriod } from '../data.ts';
import type { Html } from '../html.ts';
import { count } from '../words.ts';
import { area, plot, type Scale } from './plot.ts';
import { type Span, valueTicks } from './scale.ts';

/** Parts of a period between which its two bars stand. */
const PRIMARY_BAR = [0.12, 0.48] as const;
const CANARY_BAR = [0.52, 0.88] as const;
/** A limit's mark: somewhat wider than its bar, and its half height in parts of the chart's. */
const LIMIT_MARK = [0.49, 0.91] as const;
const MARK = 0.01;

/** How far above the highest bar a limit may lie. */
const LIMIT_ROOM = 6;

/** Failed requests of the canary that its success rate's limit allows in a period. */
export const allowedFailures = (requests: number, min: number): number => (requests * (100 - min)) / 100;

const within = ({ start, end }: TrafficPeriod, [from, to]: readonly [number, number]) =>
  [start + (end - start) * from, start + (end - start) * to] as const;

const bars = (
  scale: Scale,
  period: TrafficPeriod,
  top: number,
  limit: number | undefined,
): readonly (Html | undefined)[] => {
  const { primary, canary } = period;
  const allowed =
    limit === undefined || canary === undefined ? undefined : allowedFailures(canary.requests, limit);
  return [
    primary && area(scale, 'bar primary', within(period, PRIMARY_BAR), [0, primary.failures]),
    canary && area(scale, 'bar canary', within(period, CANARY_BAR), [0, canary.failures]),
    allowed === undefined
      ? undefined
      : area(scale, 'limit', within(period, LIMIT_MARK), [
          Math.max(0, allowed - top * MARK),
          Math.min(top, allowed + top * MARK),
        ]),
  ];
};

/** Failed requests of both versions per period, as counts, with what the canary's limit allows. */
export const errorsChart = (
  periods: readonly TrafficPeriod[],
  time: Span,
  limits: readonly ReportedLimit[],
): Html => {
  const limit = limits.find(({ min }) => min !== undefined)?.min;
  const failures = periods.flatMap(({ primary, canary }) => [primary?.failures ?? 0, canary?.failures ?? 0]);
  const allowed = periods.map(({ canary }) =>
    limit === undefined || canary === undefined ? 0 : allowedFailures(canary.requests, limit),
  );
  const highest = Math.max(0, ...failures);
  // A limit far above what failed stays out, or the bars would be too low to be read.
  const shown = allowed.filter((one) => one <= Math.max(highest, 4) * LIMIT_ROOM);
  const ticks = valueTicks(Math.max(4, highest, ...shown));
  const top = ticks.at(-1) ?? 1;
  const sum = (side: 'primary' | 'canary') =>
    periods.reduce((all, period) => all + (period[side]?.failures ?? 0), 0);
  return plot({
    title: 'Failed requests',
    unit: 'count per period',
    summary: `canary ${count(sum('canary'))}, primary ${count(sum('primary'))} failed requests in ${periods.length} periods`,
    time,
    ticks,
    key: [
      ['bar canary', 'canary'],
      ['bar primary', 'primary'],
      ...(limit === undefined ? [] : [['limit', `allowed by at least ${limit} % success`] as const]),
    ],
    draw: (scale) =>
      periods.flatMap((period) => bars(scale, period, top, limit).filter((bar) => bar !== undefined)),
  });
};
