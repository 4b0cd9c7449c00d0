import type { MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';
import { AwsError, type Call } from '../aws/service.ts';
import { dimensionsOf } from './dimensions.ts';
import { type ExpressionValue, evaluateExpression } from './expression.ts';
import type { MetricStore } from './metric-store.ts';
import { searchSeries } from './search.ts';
import { readSeries, type TimeSeries } from './time-series.ts';
import { periodOf, statisticNamed, windowOf } from './window.ts';

/** The queries of one request, each evaluated once however many others use it. */
export class QuerySet {
  readonly #store: MetricStore;
  readonly #queries: ReadonlyMap<string, MetricDataQuery>;
  readonly #start: Date;
  readonly #end: Date;
  readonly #call: Pick<Call, 'account' | 'region' | 'now'>;
  readonly #values = new Map<string, ExpressionValue>();
  readonly #evaluating = new Set<string>();

  constructor(request: {
    store: MetricStore;
    queries: readonly MetricDataQuery[];
    start: Date;
    end: Date;
    call: Pick<Call, 'account' | 'region' | 'now'>;
  }) {
    this.#store = request.store;
    this.#queries = new Map(request.queries.map((query) => [query.Id ?? '', query]));
    this.#start = request.start;
    this.#end = request.end;
    this.#call = request.call;
  }

  /** What a query draws: one line, or several for a search. */
  lines(id: string): readonly TimeSeries[] {
    const value = this.#value(id);
    const label = this.#queries.get(id)?.Label;
    if (typeof value === 'number')
      throw new AwsError(
        'ValidationException',
        `Error in expression '${this.#queries.get(id)?.Expression}' of '${id}': it gives a number, not a time series.`,
      );
    if (Array.isArray(value))
      return (value as readonly TimeSeries[]).map((line) => ({
        ...line,
        label: label === undefined ? line.label : `${label} ${line.label}`,
      }));
    return [{ ...(value as TimeSeries), label: label ?? (value as TimeSeries).label }];
  }

  #value(id: string): ExpressionValue {
    const known = this.#values.get(id);
    if (known !== undefined) return known;
    const query = this.#queries.get(id);
    if (query === undefined || this.#evaluating.has(id))
      throw new AwsError('ValidationException', `The query '${id}' depends on itself.`);
    this.#evaluating.add(id);
    const value = query.MetricStat ? this.#metric(query.MetricStat) : this.#expression(query);
    this.#evaluating.delete(id);
    this.#values.set(id, value);
    return value;
  }

  #metric({ Metric, Period, Stat, Unit }: MetricStat): TimeSeries {
    const series = {
      namespace: Metric?.Namespace ?? '',
      name: Metric?.MetricName ?? '',
      dimensions: dimensionsOf(Metric?.Dimensions),
    };
    const window = windowOf(this.#start, this.#end, periodOf(Period, 'MetricStat.Period'), this.#call.now);
    const points = readSeries(this.#store, series, statisticNamed(Stat, 'MetricStat.Stat'), window, {
      place: this.#call,
      unit: Unit,
    });
    return { label: series.name, points };
  }

  #expression(query: MetricDataQuery): ExpressionValue {
    const period = this.#periodFor(query);
    return evaluateExpression(query.Expression ?? '', {
      lookup: (id) => (this.#queries.has(id) ? this.#value(id) : undefined),
      metrics: () =>
        [...this.#queries]
          .filter(([, { MetricStat }]) => MetricStat)
          .map(([id]) => this.#value(id) as TimeSeries),
      search: (text, statistic, seconds) => this.#search(text, statistic, seconds ?? period / 1_000),
      periods: () => {
        const starts: number[] = [];
        const window = windowOf(this.#start, this.#end, period, this.#call.now);
        if (window === undefined) return starts;
        for (let at = Math.floor(window.from / period) * period; at < window.to; at += period)
          starts.push(at);
        return starts;
      },
    });
  }

  /** An expression's own period, else the longest of the request's metrics, else a minute. */
  #periodFor({ Period }: MetricDataQuery): number {
    if (Period !== undefined) return periodOf(Period, 'Period');
    const periods = [...this.#queries.values()].map(({ MetricStat }) => (MetricStat?.Period ?? 0) * 1_000);
    return Math.max(...periods) || 60_000;
  }

  #search(text: string, statistic: string, seconds: number): readonly TimeSeries[] {
    const { now } = this.#call;
    const window = windowOf(this.#start, this.#end, periodOf(seconds, 'Period'), now);
    const of = statisticNamed(statistic, 'Statistic');
    return searchSeries(this.#store.list(this.#call), text, now).map((series) => ({
      label: [...Object.values(series.dimensions), series.name].join(' '),
      points: readSeries(this.#store, series, of, window, { place: this.#call }),
    }));
  }
}
