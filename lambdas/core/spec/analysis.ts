import * as z from 'zod';
import { duration, milliseconds } from './duration.ts';
import { comparison, margin, margins, sequential, tolerance } from './sequential.ts';
import { source } from './source.ts';

const metric = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('request-success-rate'),
    /** Percent of requests answered without a 5xx. */
    min: z.number().min(0, 'must be 0 to 100').max(100, 'must be 0 to 100'),
    source: source.optional(),
    ...comparison,
    margin: margin(),
  }),
  z.strictObject({
    name: z.literal('request-duration'),
    percentile: z.number().gt(0, 'must be above 0').lt(100, 'must be below 100').default(99),
    /** Milliseconds. */
    max: milliseconds(),
    source: source.optional(),
    ...comparison,
    tolerance: tolerance(),
    margins: margins(),
  }),
]);

const JUDGES = ['sequential', 'threshold'] as const;

/** How the canary is judged, and with which metrics. */
export const analysis = z.strictObject({
  judge: z.enum(JUDGES).default('sequential'),
  /** The other judge beside the acting one: its verdicts are recorded and shown, and nothing follows from them. */
  advisory: z.enum(JUDGES).optional(),
  mode: z.enum(['guarded', 'fast']).default('guarded'),
  interval: duration({ min: 10, max: 3600 }).default(60),
  /** Failed checks that roll back; what the threshold judge counts. */
  threshold: z
    .number()
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(1000, 'must be 1000 or less')
    .optional(),
  sequential: sequential.partial().optional(),
  deadline: duration({ min: 60, max: 86_400 }).default(3600),
  onInconclusive: z.enum(['ask', 'rollBack', 'promote']).default('ask'),
  noData: z.enum(['inconclusive', 'fail']).default('inconclusive'),
  source,
  metrics: z.array(metric).min(1, 'must have at least one metric'),
});

type Analysis = z.output<typeof analysis>;

/** Which judge decides, or whose verdicts are shown beside. */
export type JudgeName = Analysis['judge'];

/** Whether a judge has a say in an analysis, acting or advisory. */
export const takesPart = (judge: JudgeName, of: Pick<Analysis, 'judge' | 'advisory'>): boolean =>
  of.judge === judge || of.advisory === judge;

/** The chance that a healthy release is ever rolled back, where a spec says nothing else. */
export const DEFAULT_ALPHA = 0.01;

/** What is wrong with an analysis taken as a whole. Part of parsing a spec. */
export const analysisProblems = (of: Analysis): string[] => {
  const problems: string[] = [];
  if (of.advisory === of.judge)
    problems.push(`analysis.advisory: must be the other judge than the acting one, got "${of.advisory}"`);
  if (of.threshold === undefined && (takesPart('threshold', of) || of.noData === 'fail')) {
    const whose =
      of.noData === 'fail' ? 'noData: fail counts failed checks' : 'the threshold judge counts to it';
    problems.push(`analysis.threshold: is missing, ${whose}: how many failed checks roll back, got nothing`);
  }
  const { alpha = DEFAULT_ALPHA, hold } = of.sequential ?? {};
  if (hold !== undefined && hold >= 1 / alpha)
    problems.push(
      `analysis.sequential.hold: must be below 1/alpha (${Math.round(1 / alpha)}), where it rolls back, got ${hold}`,
    );
  return problems;
};
