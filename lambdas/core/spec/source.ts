import type { z } from 'zod';
import type { KINDS, source } from './source-schema.ts';

/** A parsed source: the one key that is there says which kind it is. */
export type SourceSpec = z.output<typeof source>;

/** The kinds of sources, by their keys in a spec. */
export type SourceKind = keyof typeof KINDS;

interface ReadsFrom {
  readonly source: SourceSpec;
  readonly metrics: readonly { readonly name: string; readonly source?: SourceSpec | undefined }[];
}

interface Timing {
  readonly period: number;
  readonly delay: number;
}

const own = (of: SourceSpec): Timing =>
  Object.values(of).find((kind) => kind !== undefined) ?? { period: 60, delay: 0 };

const sourceOfMetric = ({ source: general, metrics }: ReadsFrom, name: string): SourceSpec =>
  metrics.find((metric) => metric.name === name && metric.source !== undefined)?.source ?? general;

/** Where failures are counted, and where durations are: the same object where the spec has one source. */
export const successSource = (analysis: ReadsFrom): SourceSpec =>
  sourceOfMetric(analysis, 'request-success-rate');
export const latencySource = (analysis: ReadsFrom): SourceSpec =>
  sourceOfMetric(analysis, 'request-duration');

/** The analysis' own source first, then those of metrics that have one of their own. */
export const sourcesOf = ({ source: general, metrics }: ReadsFrom): readonly SourceSpec[] => [
  general,
  ...metrics.flatMap((metric) => (metric.source === undefined ? [] : [metric.source])),
];

/** When evidence is there, in seconds: the period, which all sources share, and the longest delay among them. */
export const sourceTiming = (analysis: ReadsFrom): Timing => {
  const all = sourcesOf(analysis).map(own);
  return { period: own(analysis.source).period, delay: Math.max(...all.map(({ delay }) => delay)) };
};

/** All metrics of one name are counted together, in one place. */
const scattered = ({ source: general, metrics }: ReadsFrom): string[] =>
  metrics.flatMap(({ name, source: own = general }, index) => {
    const first = metrics.find((metric) => metric.name === name)?.source ?? general;
    return JSON.stringify(own) === JSON.stringify(first)
      ? []
      : [`analysis.metrics[${index}].source: must be the one of the ${name} before it, got another`];
  });

/** Sources are read side by side, period by period, so their periods must be the same length. */
const unlikePeriods = ({ source: general, metrics }: ReadsFrom): string[] => {
  const { period } = own(general);
  return metrics.flatMap((metric, index) => {
    if (metric.source === undefined || own(metric.source).period === period) return [];
    const [kind] = Object.keys(metric.source);
    return [
      `analysis.metrics[${index}].source.${kind}.period: must be ${period}s, as analysis.source has it, got ${own(metric.source).period}s`,
    ];
  });
};

/** What is wrong with a spec's sources taken together. Part of parsing a spec. */
export const sourceProblems = (analysis: ReadsFrom): string[] => [
  ...unlikePeriods(analysis),
  ...scattered(analysis),
];
