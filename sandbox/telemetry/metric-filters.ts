import type { Place } from '../aws/services/place.ts';
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import { type JsonFilter, parseJsonFilter } from './json-filter.ts';

/** A log group's metric filter: lines that match count into a metric. */
export interface MetricFilter {
  readonly logGroup: string;
  /** `{ $.type = "ExecutionFailed" }` */
  readonly pattern: string;
  readonly namespace: string;
  readonly metric: string;
  /** What each line adds. */
  readonly value: number;
}

/** The metric filters of all log groups. */
export class MetricFilters {
  readonly #metrics: MetricStore;
  readonly #filters: { filter: MetricFilter; place: Place; matches: JsonFilter }[] = [];

  constructor(metrics: MetricStore) {
    this.#metrics = metrics;
  }

  /** @throws Error for a pattern that the sandbox cannot read */
  add(place: Place, filter: MetricFilter): void {
    this.#filters.push({ filter, place, matches: parseJsonFilter(filter.pattern) });
  }

  /** A line that came into a log group. `at`: epoch milliseconds of the sandbox's time. */
  line(place: Place, logGroup: string, line: unknown, at: number): void {
    for (const { filter, place: own, matches } of this.#filters) {
      const isMeant =
        filter.logGroup === logGroup && own.region === place.region && own.account === place.account;
      if (!isMeant || !matches(line)) continue;
      const { namespace, metric: name, value } = filter;
      this.#metrics.record({ ...place, namespace, name, dimensions: {}, at, value });
    }
  }
}
