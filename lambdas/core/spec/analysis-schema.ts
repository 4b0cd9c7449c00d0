import * as z from 'zod';
import { duration, milliseconds } from './duration-schema.ts';
import { nearest } from './nearest.ts';
import { countQuery, numberQuery } from './query-schema.ts';
import { comparison, margin, margins, sequential, tolerance } from './sequential.ts';
import { ownSource, source } from './source-schema.ts';

/** Letters by which a mistyped name may differ. */
const TYPO = 3;
const BUILT_IN = ['request-success-rate', 'request-duration'] as const;

const compared = [
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
] as const;

/** Names that parts of the judge have; a metric of one's own must have another. */
const TAKEN = /^(err|success|l\d+|max[\d.]*|request-success-rate|request-duration)$/;

/** A name that the judge's parts do not have, and that is no mistyped one of theirs. */
const free = (name: z.ZodString) =>
  name
    .refine((name) => !TAKEN.test(name), 'must not be the name of a metric that there is')
    .refine((name) => nearest(name, BUILT_IN, TYPO) === undefined, {
      error: ({ input }) =>
        `is near the name of another metric; did you mean ${nearest(String(input), BUILT_IN, TYPO)}?`,
    });

const customName = () =>
  free(z.string().regex(/^[a-z][a-z0-9-]{0,29}$/, 'must have up to 30 lower-case letters, digits and -'));

/** As Flagger's metrics are called: `404s percentage`. */
const numberName = () =>
  free(
    z
      .string()
      .regex(
        /^[A-Za-z0-9]([A-Za-z0-9 _.%/-]{0,38}[A-Za-z0-9%])?$/,
        'must have up to 40 letters, digits, spaces, and - _ . / %, beginning with a letter or digit',
      ),
  );

/** A number, once for each period: it can fail a check, gate, and hold, and is never compared. */
const number = z
  .strictObject({
    name: numberName(),
    query: numberQuery(),
    /** What the number must be at least, and at most. */
    min: z.number().optional(),
    max: z.number().optional(),
    source: ownSource.optional(),
    /** `sequential`: periods in a row outside that roll back. Absent: they only hold. */
    rollBackAfter: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be 1 or more')
      .max(1000, 'must be 1000 or less')
      .optional(),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'must have min or max, or both')
  .refine(
    ({ min, max }) => min === undefined || max === undefined || min <= max,
    'must have a min that is not above its max',
  );

/** A metric of one's own: any two queries for counts, of all there was and of what was bad of it. */
const custom = z.strictObject({
  name: customName(),
  total: countQuery(),
  bad: countQuery(),
  /** Percent that may be bad at most. */
  max: z.number().min(0, 'must be 0 to 100').max(100, 'must be 0 to 100').optional(),
  source: ownSource.optional(),
  ...comparison,
  margin: margin(),
});

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
  metrics: z.array(z.union([...compared, number])).min(1, 'must have at least one metric'),
  /** Each is part of the state that every tick carries. */
  custom: z.array(custom).max(3, 'must have at most three').optional(),
});
