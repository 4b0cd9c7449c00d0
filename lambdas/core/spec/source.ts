import type { z } from 'zod';
import { isNumber, ratesOf } from './metrics.ts';
import type { KINDS, ownSource, source } from './source-schema.ts';

/** A parsed source: the one key that is there says which kind it is. */
export type SourceSpec = z.output<typeof source>;

/** The kinds of sources, by their keys in a spec. */
export type SourceKind = keyof typeof KINDS;

/** Where queries of a spec's own are asked. */
export type OwnSourceSpec = z.output<typeof ownSource>;

interface ReadsFrom {
  readonly source: SourceSpec;
  readonly metrics: readonly (
    | { readonly name: string; readonly source?: SourceSpec | undefined }
    | { readonly name: string; readonly query: unknown; readonly source?: OwnSourceSpec | undefined }
  )[];
  readonly custom?:
    | readonly { readonly name: string; readonly source?: OwnSourceSpec | undefined }[]
    | undefined;
}

interface Timing {
  readonly period: number;
  readonly delay: number;
}

const own = (of: SourceSpec): Timing =>
  Object.values(of).find((kind) => kind !== undefined) ?? { period: 60, delay: 0 };

const sourceOfMetric = (of: ReadsFrom, name: string): SourceSpec =>
  ratesOf(of).find((metric) => metric.name === name && metric.source !== undefined)?.source ?? of.source;

/** Where failures are counted, and where durations are: the same object where the spec has one source. */
export const successSource = (analysis: ReadsFrom): SourceSpec =>
  sourceOfMetric(analysis, 'request-success-rate');
export const latencySource = (analysis: ReadsFrom): SourceSpec =>
  sourceOfMetric(analysis, 'request-duration');

/** The analysis' own source first, then those of metrics that have one of their own. */
export const sourcesOf = (of: ReadsFrom): readonly SourceSpec[] => [
  of.source,
  ...ratesOf(of).flatMap(({ source: found }) => found ?? []),
];

/** The sources that plain numbers and metrics of the spec's own have for themselves. */
const ownSourcesOf = ({ metrics, custom = [] }: ReadsFrom): readonly OwnSourceSpec[] => [
  ...metrics.flatMap((metric) => (isNumber(metric) ? (metric.source ?? []) : [])),
  ...custom.flatMap(({ source: found }) => found ?? []),
];

/** A Prometheus server of a spec. */
export type PrometheusServer = NonNullable<OwnSourceSpec['prometheus']>;

/** Every Prometheus that is asked for anything. */
export const prometheusServersOf = (of: ReadsFrom): readonly Omit<PrometheusServer, 'delay'>[] =>
  [...sourcesOf(of), ...ownSourcesOf(of)].flatMap(({ prometheus }) => prometheus ?? []);

const delayOf = ({ cloudWatch, prometheus }: OwnSourceSpec): number => (cloudWatch ?? prometheus)?.delay ?? 0;

/** When evidence is there, in seconds: the period, which all sources share, and the longest delay among them. */
export const sourceTiming = (analysis: ReadsFrom): Timing => {
  const delays = [
    ...sourcesOf(analysis).map((each) => own(each).delay),
    ...ownSourcesOf(analysis).map(delayOf),
  ];
  return { period: own(analysis.source).period, delay: Math.max(...delays) };
};

/** All metrics of one name are counted together, in one place. */
const scattered = ({ source: general, metrics }: ReadsFrom): string[] =>
  metrics.flatMap((metric, index) => {
    if (isNumber(metric)) return [];
    const { name, source: own = general } = metric;
    const first = metrics.find((other) => other.name === name)?.source ?? general;
    return JSON.stringify(own) === JSON.stringify(first)
      ? []
      : [`analysis.metrics[${index}].source: must be the one of the ${name} before it, got another`];
  });

/** Sources are read side by side, period by period, so their periods must be the same length. */
const unlikePeriods = ({ source: general, metrics }: ReadsFrom): string[] => {
  const { period } = own(general);
  return metrics.flatMap((metric, index) => {
    if (isNumber(metric) || metric.source === undefined || own(metric.source).period === period) return [];
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
