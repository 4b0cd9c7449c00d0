/** A service's own past as the traffic of a forecast. */
import type { Counts, LatencyPercentiles, Period } from '../evidence.ts';
import { historyDispersion } from '../judge/sequential/dispersion.ts';
import { COMPARED, type ComparedMetric, ERRORS } from '../judge/sequential/settings.ts';
import type { TrafficOf } from './chances.ts';
import { normalQuantile } from './normal.ts';
import type { Latency, Usual } from './traffic.ts';

/** Rates are taken per hour: minute by minute they would bring their chance along, and it would be drawn twice. */
const HOUR_MS = 3_600_000;

/** What is asked of the durations: the middle, and how long the tail is. */
export const ASKED_PERCENTILES = [50, 99] as const;

interface Sums {
  readonly requests: number;
  readonly failures: number;
}

const both = ({ canary, primary }: Period): Sums => {
  const side = (counts: Counts | undefined): Sums => counts ?? { requests: 0, failures: 0 };
  const [a, b] = [side(canary), side(primary)];
  return { requests: a.requests + b.requests, failures: a.failures + b.failures };
};

const add = (a: Sums, b: Sums): Sums => ({
  requests: a.requests + b.requests,
  failures: a.failures + b.failures,
});

/** The log-normal with these percentiles; undefined where they are not known, or say nothing of a tail. */
export const latencyFrom = ({ milliseconds }: LatencyPercentiles): Latency | undefined => {
  const [middle, tail] = ASKED_PERCENTILES.map((percentile) => milliseconds[String(percentile)]);
  if (middle === undefined || tail === undefined || middle <= 0 || tail <= middle) return undefined;
  return { medianMs: middle, sigma: Math.log(tail / middle) / normalQuantile(ASKED_PERCENTILES[1] / 100) };
};

/** The traffic, its means, and how much more its failures vary than by chance (variance by mean, 1 or more). */
export interface PastTraffic {
  readonly traffic: TrafficOf;
  readonly usual: Usual;
  readonly burst: number;
}

const allSums = (periods: readonly Period[]): Sums =>
  periods.map(both).reduce(add, { requests: 0, failures: 0 });

/**
 * Every rollout of a forecast begins at another moment of the past, evenly over it, and meets the requests and the error
 * rate of those hours; at the end of the past it goes on at its beginning.
 * @param periods oldest first; both versions' requests are the service's
 */
export const trafficOfPast = (
  periods: readonly Period[],
  span: { readonly from: Date; readonly to: Date },
  latency: Latency,
  draws: number,
): PastTraffic => {
  const [from, to] = [span.from.getTime(), span.to.getTime()];
  const seconds = (to - from) / 1000;
  const hours = Math.max(1, Math.ceil((to - from) / HOUR_MS));
  const byHour = Map.groupBy(periods, ({ start }) => Math.floor((Date.parse(start) - from) / HOUR_MS));
  const rates: Usual[] = Array.from({ length: hours }, (_, hour) => {
    const { requests, failures } = allSums(byHour.get(hour) ?? []);
    const length = Math.min(HOUR_MS, to - from - hour * HOUR_MS) / 1000;
    return { rps: requests / length, errors: requests > 0 ? Math.min(1, failures / requests) : 0 };
  });
  const wrappedAt = (second: number): Usual => {
    const within = ((second % seconds) + seconds) % seconds;
    return rates[Math.floor((within * 1000) / HOUR_MS)] ?? { rps: 0, errors: 0 };
  };
  const all = allSums(periods);
  const counted = periods.map(both).map(({ requests, failures }) => ({ requests, bad: failures }));
  const burst = historyDispersion(COMPARED[ERRORS] as ComparedMetric, counted);
  return {
    traffic: (draw) => {
      const begins = (((draw % draws) + 0.5) / draws) * seconds;
      return { at: (second) => wrappedAt(begins + second), burst, latency };
    },
    usual: {
      rps: all.requests / seconds,
      errors: all.requests > 0 ? Math.min(1, all.failures / all.requests) : 0,
    },
    burst,
  };
};
