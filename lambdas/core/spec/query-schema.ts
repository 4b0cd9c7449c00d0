import * as z from 'zod';
import { duration } from './duration-schema.ts';
import { placeholderProblem } from './placeholders.ts';

const withPlaceholders = (text: z.ZodString) =>
  text.check(({ value, issues }) => {
    const message = placeholderProblem(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  });

/** A query as a text: PromQL, or at CloudWatch an expression of GetMetricData. */
export const textQuery = () =>
  withPlaceholders(z.string().min(1, 'must not be empty').max(2000, 'must have at most 2,000 characters'));

/** Queries for cumulative counters, as they are read at the ends of periods: no rate() or increase(). */
export const counterQuery = () =>
  textQuery().refine(
    (text) => !/\b(rate|irate|increase|delta|idelta)\s*\(/.test(text),
    'must give counters themselves, without rate() or increase(): they are read at the ends of periods',
  );

const metric = {
  namespace: z.string().min(1, 'must not be empty').max(255, 'must have at most 255 characters'),
  metric: z.string().min(1, 'must not be empty').max(255, 'must have at most 255 characters'),
  /** One of CloudWatch's statistics, such as Average, Sum, p99, `TC(300:)`. */
  stat: z.string().min(1, 'must not be empty').max(64, 'must have at most 64 characters'),
  dimensions: z.record(z.string(), withPlaceholders(z.string())).default({}),
};

/** Length of one datapoint, where it is not the analysis' period. */
const period = () =>
  duration({ min: 10, max: 3600 })
    .refine(
      (seconds) => seconds === 10 || seconds === 30 || seconds % 60 === 0,
      'must be 10s, 30s or whole minutes up to 1h',
    )
    .optional();

const id = () =>
  z.string().regex(/^[a-z][A-Za-z0-9_]{0,254}$/, 'must begin with a lower-case letter, as in GetMetricData');

/** Parts of metric math by their ids; the last one is the answer. */
const parts = () =>
  z
    .array(
      z.union([
        z.strictObject({ id: id(), expression: textQuery() }),
        z.strictObject({ id: id(), ...metric, period: period() }),
      ]),
    )
    .min(1, 'must have at least one part')
    .max(20, 'must have at most 20 parts');

/** A query that gives one number: a text, a CloudWatch metric, or metric math. */
export const numberQuery = () =>
  z.union([textQuery(), z.strictObject({ ...metric, period: period() }), parts()]);

/** A query that gives counts: of counters at Prometheus, of each period at CloudWatch. */
export const countQuery = () => z.union([counterQuery(), z.strictObject(metric), parts()]);

export type NumberQuery = z.output<ReturnType<typeof numberQuery>>;
export type CountQuery = z.output<ReturnType<typeof countQuery>>;
