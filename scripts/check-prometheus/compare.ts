/** Compares the adapter and the sandbox's evaluator with a real server over known samples. Ends with 1 where they differ. */
import { argv, exit } from 'node:process';
import { OwnMetricsOf } from '../../lambdas/adapters/own-metrics/own-metrics.ts';
import { PrometheusReader } from '../../lambdas/adapters/own-metrics/prometheus-reader.ts';
import type { PrometheusClient } from '../../lambdas/adapters/prometheus/client.ts';
import { PrometheusSource } from '../../lambdas/adapters/prometheus/prometheus.ts';
import type { Names } from '../../lambdas/adapters/query-names.ts';
import type { Counts, Period } from '../../lambdas/core/evidence.ts';
import { evaluate } from '../../sandbox/prometheus/evaluate.ts';
import { parsePromQl } from '../../sandbox/prometheus/promql.ts';
import { knownStore } from './known-store.ts';
import { QUERIES } from './queries.ts';
import { FROM, SERIES, UNTIL } from './samples.ts';
import { addressOf, clientOf } from './server.ts';

const MINUTE = 60_000;
const CREDENTIALS = JSON.stringify({ username: 'reader', password: 'of-the-check' });
const NAMES: Names = {
  service: 'shop',
  mesh: 'global',
  namespace: 'test',
  nodes: { primary: 'primary', canary: 'canary' },
  deployments: { primary: 'primary', canary: 'canary' },
  period: 60,
};
const SIDES = ['primary', 'canary'] as const;

const differences: string[] = [];
let compared = 0;
const same = (what: string, here: number | undefined, there: number | undefined): void => {
  compared += 1;
  const near =
    Object.is(here, there) ||
    (here !== undefined &&
      there !== undefined &&
      Math.abs(here - there) <= 1e-9 * Math.max(1, Math.abs(there)));
  if (!near) differences.push(`${what}: here ${here}, the server ${there}`);
};

const clock = (time: number): string => new Date(time).toISOString().slice(11, 19);
const minutes = Array.from({ length: (UNTIL - FROM) / MINUTE }, (_, index) => FROM + index * MINUTE);

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort());

/** The sandbox's evaluator and the server, query by query. */
const compareQueries = async (server: PrometheusClient): Promise<void> => {
  const times = Array.from({ length: 121 }, (_, index) => FROM + index * 15_000);
  for (const query of QUERIES) {
    const found = evaluate(parsePromQl(query), times, knownStore);
    const here = 'scalar' in found ? [{ labels: {}, samples: found.scalar }] : found.vector;
    const there = await server.range(query, { from: FROM, to: UNTIL, step: 15_000 });
    const byLabels = new Map(here.map((series) => [keyOf(series.labels), series.samples]));
    const labels = new Set([...byLabels.keys(), ...there.map((series) => keyOf(series.labels))]);
    for (const key of labels) {
      const values = there.find((series) => keyOf(series.labels) === key)?.values;
      times.forEach((time, index) => {
        same(`${query} ${key} ${clock(time)}`, byLabels.get(key)?.[index], values?.get(time));
      });
    }
  }
};

/** The one number that a query has at a time, at the server. */
const numberAt = async (
  server: PrometheusClient,
  query: string,
  time: number,
): Promise<number | undefined> => {
  const [series] = await server.range(query, { from: time, to: time, step: MINUTE });
  return series?.values.get(time);
};

/** Whether every series of a side was scraped through a whole period: only then the server's increase() is exact. */
const isWhole = (target: string, start: number): boolean =>
  SERIES.filter(({ name, labels }) => name === 'rq_total' && labels.target === target).every(
    ({ samples }) => {
      const inside = samples.filter(({ at }) => at >= start && at <= start + MINUTE).length;
      const lately = samples.some(({ at }) => at >= start - 5 * MINUTE && at <= start + MINUTE);
      return inside === 5 || !lately;
    },
  );

/** What the adapter counts by period against the server's own increase(), where that is exact. */
const comparePeriods = async (server: PrometheusClient): Promise<readonly Period[]> => {
  const queries = {
    requests: 'rq_total{target="{{target}}"}',
    failures: 'rq_failed_total{target="{{target}}"}',
    durations: 'rq_seconds_bucket{target="{{target}}"}',
    unit: 's' as const,
  };
  const source = new PrometheusSource(server, { url: '', queries, delay: 0, period: 60 }, NAMES);
  const limits = { primary: [500], canary: [500] };
  const query = {
    identity: { series: [] },
    from: new Date(FROM),
    to: new Date(UNTIL),
    limits,
    percentiles: [],
  };
  const periods = await source.periods(query);
  const byStart = new Map(periods.map((period) => [Date.parse(period.start), period]));
  for (const side of SIDES)
    for (const start of minutes.filter((minute) => isWhole(side, minute))) {
      const counts: Counts | undefined = byStart.get(start)?.[side];
      const rise = (selector: string) =>
        numberAt(server, `sum(increase(${selector}[1m]))`, start + MINUTE).then((value = 0) => value);
      const what = `${side} ${clock(start)}`;
      const all = await rise(`rq_total{target="${side}"}`);
      const failed = await rise(`rq_failed_total{target="${side}"}`);
      const fast = await rise(`rq_seconds_bucket{target="${side}",le="0.5"}`);
      same(`requests of ${what}`, counts?.requests ?? 0, all);
      same(`failures of ${what}`, counts?.failures ?? 0, failed);
      same(`slower than 500 ms of ${what}`, counts?.slower?.['500'] ?? 0, all - fast);
    }
  return periods;
};

/** All that a counter of known samples rose by from its first sample to its last; a restart counts from zero. */
const riseOf = (samples: (typeof SERIES)[number]['samples'], late: boolean): number =>
  samples.reduce((sum, { value }, index) => {
    const before = samples[index - 1]?.value;
    if (before === undefined) return late ? value : 0;
    return sum + (value < before ? value : value - before);
  }, 0);

/** Over all periods no request is lost and none counted twice, but those of periods that the adapter calls unknown. */
const compareTotals = (periods: readonly Period[]): void => {
  const known = periods.reduce((sum, { canary }) => sum + (canary?.requests ?? 0), 0);
  const real = SERIES.filter(({ name, labels }) => name === 'rq_total' && labels.target === 'canary').reduce(
    (sum, { labels, samples }) => sum + riseOf(samples, labels.pod === 'late'),
    0,
  );
  same('requests of the canary in all', known, real);
};

/** Plain numbers against the server's answer to the very query at that time. */
const compareNumbers = async (server: PrometheusClient): Promise<void> => {
  const metrics = ['sum(queue_depth)', 'max(queue_depth{queue="mail"})', 'sum(rate(rq_total[2m]))'].map(
    (query, index) => ({ name: `n${index}`, query, max: 1 }),
  );
  const reader = new PrometheusReader(server, NAMES);
  const own = new OwnMetricsOf(
    [],
    metrics.map((metric) => ({ metric, reader })),
    60,
  );
  for (const { end, numbers } of await own.periods({ from: new Date(FROM), to: new Date(UNTIL) }))
    for (const { name, query } of metrics)
      same(`${query} ${end}`, numbers?.[name], await numberAt(server, query, Date.parse(end)));
};

/** Without credentials, with wrong ones, and with a number that is several. */
const refusals = async (url: string, server: PrometheusClient): Promise<void> => {
  const ask = (client: PrometheusClient, query: string) =>
    client.range(query, { from: FROM, to: UNTIL, step: MINUTE }).then(
      () => 'nothing',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  const several = new PrometheusReader(server, NAMES)
    .numbers({ name: 'n', query: 'queue_depth', max: 1 }, [FROM, FROM + MINUTE])
    .then(String, String);
  const found = [
    [await ask(clientOf(url), 'up'), /^Canary.AccessDenied: .* 401: .*name a secret/],
    [await ask(clientOf(url, 'wr0ng'), 'up'), /^Canary.AccessDenied: .* 401: .*the secret "reader"/],
    [await ask(server, 'sum('), /^Canary.Refused: .*parse error/],
    [await several, /must give one number, got 2 series/],
  ] as const;
  for (const [said, wanted] of found) {
    compared += 1;
    if (!wanted.test(said)) differences.push(`wanted ${wanted}, got ${said}`);
  }
};

const [, , id = '', log = ''] = argv;
const url = await addressOf(Number(id), log);
const server = clientOf(url, CREDENTIALS);
await refusals(url, server);
await compareQueries(server);
compareTotals(await comparePeriods(server));
await compareNumbers(server);
for (const line of differences.slice(0, 20)) process.stderr.write(`${line}\n`);
process.stdout.write(`${compared} numbers compared, ${differences.length} differ\n`);
exit(differences.length === 0 ? 0 : 1);
