import { CanaryError, ErrorName } from '../../core/errors.ts';
import type { Side } from '../../core/rollout.ts';
import type { NumberSpec } from '../../core/spec/metrics.ts';
import type { CountQuery, NumberQuery } from '../../core/spec/query-schema.ts';
import type { PrometheusClient, Series } from '../prometheus/client.ts';
import { expectedRises, partsOf, risesOf } from '../prometheus/rises.ts';
import { filled, type Names } from '../query-names.ts';
import type { CountsBySide, Custom, OwnReader } from './reader.ts';

/** Parsing has refused every other kind of query for a Prometheus. */
const promQl = (query: CountQuery | NumberQuery): string => {
  if (typeof query !== 'string') throw new TypeError('a query for Prometheus is a text');
  return query;
};

const tooMany = (found: readonly Series[]): CanaryError => {
  const labels = found.slice(0, 3).map(({ labels }) => JSON.stringify(labels));
  return new CanaryError(
    ErrorName.Refused,
    `its query must give one number, got ${found.length} series (${labels.join(', ')}); ` +
      'put it in sum(…), max(…) or another aggregation',
  );
};

/** Queries of a spec's own, at a Prometheus. Counters are read at the periods' ends, numbers likewise. */
export class PrometheusReader implements OwnReader {
  readonly #client: PrometheusClient;
  readonly #names: Names;

  constructor(client: PrometheusClient, names: Names) {
    this.#client = client;
    this.#names = names;
  }

  async counts(
    { total, bad }: Custom,
    sides: readonly Side[],
    boundaries: readonly number[],
  ): Promise<CountsBySide> {
    const parts = partsOf(boundaries);
    const ask = (query: CountQuery, side: Side) =>
      this.#range(filled(promQl(query), side, this.#names), boundaries, parts);
    const read = await Promise.all(
      sides.map(async (side) => {
        const [all, wrong] = await Promise.all([ask(total, side), ask(bad, side)]);
        return { side, all, wrong };
      }),
    );
    const expected = expectedRises(
      read.flatMap(({ all }) => all),
      boundaries,
    );
    return Object.fromEntries(
      read.map(({ side, all, wrong }) => {
        const totals = risesOf(all, boundaries, expected, parts);
        return [side, { total: totals, bad: risesOf(wrong, boundaries, totals, parts) }];
      }),
    );
  }

  async numbers(metric: NumberSpec, boundaries: readonly number[]): Promise<(number | undefined)[]> {
    const ends = boundaries.slice(1);
    const found = await this.#range(filled(promQl(metric.query), 'canary', this.#names), ends);
    return ends.map((end) => {
      const there = found.filter(({ values }) => values.has(end));
      if (there.length > 1) throw tooMany(there);
      const value = there[0]?.values.get(end);
      return value === undefined || !Number.isFinite(value) ? undefined : value;
    });
  }

  #range(query: string, times: readonly number[], parts = 1): Promise<readonly Series[]> {
    const [from = 0, second] = times;
    // A single time is a range of one step, however long.
    const step = second === undefined ? this.#names.period * 1000 : (second - from) / parts;
    return this.#client.range(query, { from, to: times.at(-1) ?? from, step });
  }
}
