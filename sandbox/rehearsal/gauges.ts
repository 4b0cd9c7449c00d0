import type { Sandbox } from '../sandbox.ts';
import type { Scenario, TimelineEntry } from './scenario.ts';

type Gauge = NonNullable<TimelineEntry['gauge']>;

const keyOf = ({ namespace, name, labels }: Gauge): string =>
  JSON.stringify([namespace, name, Object.entries(labels).sort()]);

/** Seconds since 0 s at which a gauge is told no more: after `for`, or when the timeline has another value for it. */
const endOf = ({ timeline }: Pick<Scenario, 'timeline'>, at: number, gauge: Gauge): number => {
  const next = timeline
    .filter((entry) => entry.gauge !== undefined && entry.at > at && keyOf(entry.gauge) === keyOf(gauge))
    .map((entry) => entry.at);
  return Math.min(gauge.for === undefined ? Number.POSITIVE_INFINITY : at + gauge.for, ...next);
};

/**
 * Publishes a number of the service's own each period, as CloudWatch metric and as a gauge at every Prometheus, from the
 * period that it is set in.
 * @param start 0 s of the scenario, epoch milliseconds
 */
export const publishGauge = (
  sandbox: Pick<Sandbox, 'clock' | 'stores'>,
  scenario: Pick<Scenario, 'timeline' | 'metrics'>,
  start: number,
  { at, gauge }: TimelineEntry,
): void => {
  if (gauge === undefined) return;
  const { namespace, name, labels, value } = gauge;
  const period = scenario.metrics.period * 1000;
  const end = start + endOf(scenario, at, gauge) * 1000;
  const publishFrom = (begin: number): void => {
    if (begin >= end) return;
    sandbox.clock.schedule(begin + period, () => {
      sandbox.stores.metrics.record({
        namespace,
        name,
        dimensions: labels,
        at: begin,
        publishedAt: begin + period,
        value,
        resolution: period < 60_000 ? 1 : 60,
      });
      publishFrom(begin + period);
    });
  };
  publishFrom(Math.floor((start + at * 1000) / period) * period);
};
