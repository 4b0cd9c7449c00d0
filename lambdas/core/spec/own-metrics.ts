/** What is wrong with the queries of a spec's own, taken together with the rest of the analysis. */
import type { z } from 'zod';
import type { analysis } from './analysis-schema.ts';
import { isNumber } from './metrics.ts';
import type { CountQuery, NumberQuery } from './query-schema.ts';
import { type OwnSourceSpec, type SourceSpec, sourceTiming, successSource } from './source.ts';

type Analysis = z.output<typeof analysis>;

/** A query of one's own: where it stands, what it asks, and who is asked. */
interface Asked {
  readonly path: string;
  readonly name: string;
  readonly queries: Readonly<Record<string, CountQuery | NumberQuery>>;
  readonly source: SourceSpec | OwnSourceSpec;
}

/** More would not fit the state that every tick carries. */
const MOST_NUMBERS = 5;

const askedBy = (of: Analysis): Asked[] => {
  const general = successSource(of);
  return [
    ...of.metrics.flatMap((metric, index) => {
      if (!isNumber(metric)) return [];
      const { name, query, source = general } = metric;
      return [{ path: `analysis.metrics[${index}]`, name, queries: { query }, source }];
    }),
    ...(of.custom ?? []).map(({ name, total, bad, source = general }, index) => {
      return { path: `analysis.custom[${index}]`, name, queries: { total, bad }, source };
    }),
  ];
};

const twice = (asked: readonly Asked[]): string[] =>
  asked.flatMap(({ path, name }, index) => {
    const first = asked.findIndex((other) => other.name === name);
    const { path: where } = asked[first] ?? {};
    return first === index ? [] : [`${path}.name: must be its own, ${where} is called so too, got "${name}"`];
  });

/** Whether each query is one for the source that it goes to. */
const unfit = ({ path, queries, source }: Asked): string[] => {
  if ('xRay' in source && source.xRay !== undefined)
    return [
      `${path}.source: must be given, as cloudWatch or prometheus: X-Ray, which the analysis reads, takes no queries, got nothing`,
    ];
  if (source.prometheus === undefined) return [];
  return Object.entries(queries).flatMap(([key, query]) =>
    typeof query === 'string'
      ? []
      : [
          `${path}.${key}: must be PromQL, for its source is a Prometheus, got a query for CloudWatch; add source: { cloudWatch: {} }`,
        ],
  );
};

/** Counts are per period of the analysis: parts of metric math may have no other. */
const uneven = (of: Analysis): string[] => {
  const { period } = sourceTiming(of);
  return (of.custom ?? []).flatMap(({ total, bad }, index) =>
    Object.entries({ total, bad }).flatMap(([key, query]) =>
      (Array.isArray(query) ? query : []).flatMap((part, place) =>
        'period' in part && part.period !== undefined && part.period !== period
          ? [
              `analysis.custom[${index}].${key}[${place}].period: must be the analysis' ${period}, got ${part.period}`,
            ]
          : [],
      ),
    ),
  );
};

const numbersProblems = (of: Analysis): string[] => {
  const numbers = of.metrics.flatMap((metric, index) => (isNumber(metric) ? [{ metric, index }] : []));
  const sequential = of.judge === 'sequential' || of.advisory === 'sequential';
  return [
    ...(numbers.length > MOST_NUMBERS
      ? [
          `analysis.metrics: must have at most ${MOST_NUMBERS} plain numbers (metrics with a query), got ${numbers.length}`,
        ]
      : []),
    ...numbers.flatMap(({ metric: { rollBackAfter }, index }) =>
      rollBackAfter === undefined || sequential
        ? []
        : [
            `analysis.metrics[${index}].rollBackAfter: is for the sequential judge; the threshold judge counts failed checks to analysis.threshold, got ${rollBackAfter}`,
          ],
    ),
  ];
};

/** Part of parsing a spec. */
export const ownProblems = (of: Analysis): string[] => {
  const asked = askedBy(of);
  return [
    ...twice(asked),
    ...asked.flatMap(unfit),
    ...uneven(of),
    ...numbersProblems(of),
    ...((of.custom ?? []).length > 0 && of.judge !== 'sequential'
      ? [`analysis.custom: only the sequential judge compares it, got judge: ${of.judge}`]
      : []),
  ];
};
