import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Counts, Dimensions, EvidenceQuery, MetricIdentity, Period } from '../../core/evidence.ts';
import type { Side } from '../../core/rollout.ts';
import { METRIC } from './metric-names.ts';

/** What a query of one series asks for: a count, or a number by its limit or percentile. */
type Asked =
  | { readonly kind: 'requests' | 'failures' | 'timed' }
  | { readonly kind: 'slower'; readonly limit: number }
  | { readonly kind: 'percentile'; readonly percentile: number };

/** One query, and what its answer means. */
export interface Question {
  readonly query: MetricDataQuery & { readonly Id: string };
  readonly series: number;
  readonly side: Side;
  readonly asked: Asked;
}

/** Values of a query by the start of their period (milliseconds since the epoch). */
export type Values = ReadonlyMap<number, number>;

const statistic = (asked: Asked): { metric: string; stat: string } => {
  switch (asked.kind) {
    case 'requests':
      return { metric: METRIC.requests, stat: 'Sum' };
    case 'failures':
      return { metric: METRIC.failures, stat: 'Sum' };
    case 'timed':
      return { metric: METRIC.responseTime, stat: 'SampleCount' };
    case 'slower':
      // Trimmed count above a bound; the lower bound is exclusive (CloudWatch statistics definitions).
      return { metric: METRIC.responseTime, stat: `TC(${asked.limit}:)` };
    case 'percentile':
      return { metric: METRIC.responseTime, stat: `p${asked.percentile}` };
  }
};

const toList = (dimensions: Dimensions) =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

type Asks = Readonly<Record<Side, readonly Asked[]>>;

/** What a period of each side is to tell. */
export const countsWanted = ({
  limits,
  percentiles,
  sides = ['primary', 'canary'],
}: Pick<EvidenceQuery, 'limits' | 'percentiles' | 'sides'>): Asks => {
  const of = (side: Side): readonly Asked[] =>
    sides.includes(side)
      ? [
          { kind: 'requests' },
          { kind: 'failures' },
          ...(limits[side].length + percentiles.length > 0 ? [{ kind: 'timed' } as const] : []),
          ...limits[side].map((limit) => ({ kind: 'slower', limit }) as const),
          ...percentiles.map((percentile) => ({ kind: 'percentile', percentile }) as const),
        ]
      : [];
  return { primary: of('primary'), canary: of('canary') };
};

/** Percentiles of the primary, each with the number of samples that it stands for. */
export const percentilesWanted = (percentiles: readonly number[]): Asks => ({
  primary: [
    { kind: 'timed' },
    ...percentiles.map((percentile) => ({ kind: 'percentile', percentile }) as const),
  ],
  canary: [],
});

/** The queries for all that is to be known of both sides; ids are `q0`, `q1` … */
export const questions = (
  { series, prefix = '' }: MetricIdentity,
  source: { namespace: string; period: number },
  asks: Asks,
): readonly Question[] => {
  let next = 0;
  return series.flatMap(({ side, dimensions }, index) =>
    asks[side].map((asked) => {
      const { metric, stat } = statistic(asked);
      return {
        series: index,
        side,
        asked,
        query: {
          Id: `q${next++}`,
          ReturnData: true,
          MetricStat: {
            Metric: {
              Namespace: source.namespace,
              MetricName: prefix + metric,
              Dimensions: toList(dimensions),
            },
            Period: source.period,
            Stat: stat,
          },
        },
      };
    }),
  );
};

type Reading = { readonly asked: Asked; readonly value: number | undefined };

/** One series in one period; undefined where it had no requests to count. */
const countsOf = (readings: readonly Reading[]): Counts | undefined => {
  const numberOf = (kind: Asked['kind']) => readings.find(({ asked }) => asked.kind === kind)?.value;
  const requests = numberOf('requests');
  if (requests === undefined) return undefined;
  const slower: Record<string, number> = {};
  const percentiles: Record<string, number> = {};
  for (const { asked, value } of readings) {
    if (value === undefined) continue;
    if (asked.kind === 'slower') slower[asked.limit] = value;
    if (asked.kind === 'percentile') percentiles[asked.percentile] = value;
  }
  return {
    requests,
    // A 5xx count is published when there is one: missing beside requests it is 0.
    failures: numberOf('failures') ?? 0,
    timed: numberOf('timed') ?? 0,
    slower,
    percentiles,
  };
};

/** Limits that every timed series has a count for: a sum that leaves a caller out would look too good. */
const summedSlower = (all: readonly Counts[]): Record<string, number> => {
  const timed = all.filter(({ timed = 0 }) => timed > 0);
  const limits = Object.keys(timed[0]?.slower ?? {}).filter((limit) =>
    timed.every(({ slower = {} }) => slower[limit] !== undefined),
  );
  return Object.fromEntries(
    limits.map((limit) => [limit, timed.reduce((sum, { slower = {} }) => sum + (slower[limit] ?? 0), 0)]),
  );
};

const highestPercentiles = (all: readonly Counts[]): Record<string, number> => {
  const highest: Record<string, number> = {};
  for (const { percentiles = {} } of all)
    for (const [name, value] of Object.entries(percentiles))
      highest[name] = Math.max(highest[name] ?? value, value);
  return highest;
};

/** The series of one side, summed; percentiles cannot be summed, so the highest stands. */
const summed = (all: readonly Counts[]): Counts | undefined => {
  if (all.length === 0) return undefined;
  const add = (of: (counts: Counts) => number) => all.reduce((sum, counts) => sum + of(counts), 0);
  const timed = add(({ timed = 0 }) => timed);
  const slower = summedSlower(all);
  const percentiles = highestPercentiles(all);
  return {
    requests: add(({ requests }) => requests),
    failures: add(({ failures }) => failures),
    ...(timed > 0 && { timed }),
    ...(Object.keys(slower).length > 0 && { slower }),
    ...(Object.keys(percentiles).length > 0 && { percentiles }),
  };
};

/** Puts answers together: per period and side, the sum over the callers. Oldest first. */
export const periodsOf = (
  asked: readonly Question[],
  answers: ReadonlyMap<string, Values>,
  periodMs: number,
): readonly Period[] => {
  const starts = new Set([...answers.values()].flatMap((values) => [...values.keys()]));
  const seriesOf = (side: Side) => [
    ...Map.groupBy(
      asked.filter((question) => question.side === side),
      ({ series }) => series,
    ).values(),
  ];
  const series = { primary: seriesOf('primary'), canary: seriesOf('canary') };
  const sideAt = (side: Side, start: number): Counts | undefined =>
    summed(
      series[side].flatMap((of) => {
        const counts = countsOf(
          of.map((question) => ({
            asked: question.asked,
            value: answers.get(question.query.Id)?.get(start),
          })),
        );
        return counts === undefined ? [] : [counts];
      }),
    );
  return [...starts]
    .sort((a, b) => a - b)
    .flatMap((start) => {
      const canary = sideAt('canary', start);
      const primary = sideAt('primary', start);
      if (canary === undefined && primary === undefined) return [];
      const period = {
        start: new Date(start).toISOString(),
        end: new Date(start + periodMs).toISOString(),
      };
      return [{ ...period, ...(canary && { canary }), ...(primary && { primary }) }];
    });
};
