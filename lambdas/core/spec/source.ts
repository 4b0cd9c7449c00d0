import * as z from 'zod';
import { duration } from './duration.ts';
import { meshName } from './names.ts';

/** How late a source's newest period can be read, and how long a period is: seconds, both. */
const DELAY = () => duration({ min: 0, max: 900 }).default(120);

const cloudWatch = z.strictObject({
  namespace: z.string().regex(/^[^:].{0,254}$/, 'must be a CloudWatch namespace of 1 to 255 characters'),
  callers: z.array(meshName()).min(1, 'must list at least one caller'),
  delay: DELAY(),
  period: z
    .literal([10, 30, 60, 120, 180, 240, 300], 'must be 10, 30 or a multiple of 60 seconds up to 300')
    .default(60),
});

const traceService = () => z.string().min(1, 'must not be empty').max(64, 'must have at most 64 characters');

const xRay = z.strictObject({
  /** X-Ray's service name of each side; `mesh/virtualNode`, as Envoy names its segments, when absent. */
  services: z.strictObject({ primary: traceService(), canary: traceService() }).optional(),
  /** Services (as X-Ray names them) whose requests count; every traced request when absent. */
  callers: z.array(traceService()).min(1, 'must list at least one caller').optional(),
  delay: DELAY(),
  period: z.literal([60, 300], 'must be 60 or 300 seconds (GetTimeSeriesServiceStatistics)').default(60),
});

const query = () => z.string().min(1, 'must not be empty').max(2000, 'must have at most 2,000 characters');

/** Queries for cumulative counters, as they are read at the ends of periods: no rate() or increase(). */
const counterQuery = () =>
  query().refine(
    (text) => !/\b(rate|irate|increase|delta|idelta)\s*\(/.test(text),
    'must give counters themselves, without rate() or increase(): they are read at the ends of periods',
  );

const prometheus = z
  .strictObject({
    workspace: z
      .string()
      .regex(
        /^ws-[0-9a-z-]{8,60}$/,
        'must be a workspace of Amazon Managed Service for Prometheus, such as ws-0a1b2c3d-…',
      )
      .optional(),
    url: z
      .url({ protocol: /^https?$/, error: 'must be a URL, such as https://prometheus.example.com' })
      .optional(),
    /** Virtual nodes or gateways that call the service, for the metrics of App Mesh's extension. */
    callers: z.array(meshName()).min(1, 'must list at least one caller').optional(),
    queries: z
      .strictObject({
        requests: counterQuery(),
        failures: counterQuery(),
        durations: counterQuery().optional(),
        /** Of the buckets' edges. */
        unit: z.enum(['ms', 's']).default('s'),
      })
      .optional(),
    delay: duration({ min: 0, max: 900 }).default(30),
    period: z
      .literal(
        [10, 15, 30, 60, 120, 180, 240, 300],
        'must be 10, 15, 30 or a multiple of 60 seconds up to 300',
      )
      .default(60),
  })
  .refine(
    ({ workspace, url }) => (workspace === undefined) !== (url === undefined),
    'must have either workspace or url',
  )
  .refine(
    ({ callers, queries }) => (callers === undefined) !== (queries === undefined),
    'must have either callers, whose App Mesh metrics are read, or queries of its own',
  );

const KINDS = { cloudWatch, xRay, prometheus };

/** Where evidence is read: exactly one of the kinds. */
export const source = z
  .strictObject(KINDS)
  .partial()
  .refine(
    (value) => Object.values(value).filter((kind) => kind !== undefined).length === 1,
    `must have exactly one of ${Object.keys(KINDS).join(', ')}`,
  );

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
