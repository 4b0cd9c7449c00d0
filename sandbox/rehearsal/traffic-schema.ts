import { z } from 'zod';
import { duration } from '../../lambdas/core/spec/duration-schema.ts';

/** Seconds since 0 s of the scenario, up to 400 days. */
export const time = () => duration({ min: 0, max: 400 * 86_400 });
/** A share, 0 to 1. */
export const rate = () => z.number().min(0, 'must be 0 to 1').max(1, 'must be 0 to 1');
/** Requests a second. */
export const perSecond = () =>
  z.number().min(0, 'must not be negative').max(100_000, 'must be 100,000 or less');

/** Requests a second of all users together. */
export const traffic = z.union([
  z.strictObject({ rps: perSecond() }),
  z
    .array(z.strictObject({ from: time(), rps: perSecond() }))
    .min(1, 'must have at least one entry')
    .refine((steps) => steps[0]?.from === 0, 'must begin at 0s')
    .refine(
      (steps) => steps.every((step, index) => index === 0 || step.from > (steps[index - 1]?.from ?? 0)),
      'must have rising times',
    ),
]);

/** Kinds of requests; what is left of 1 is plain ones. */
export const users = z
  .array(
    z.strictObject({
      share: rate(),
      headers: z.record(z.string(), z.string()).default({}),
      path: z.string().startsWith('/', 'must begin with /').optional(),
      method: z.string().min(1, 'must not be empty').optional(),
    }),
  )
  .refine(
    (kinds) => kinds.reduce((sum, { share }) => sum + share, 0) <= 1 + 1e-9,
    'must have shares of at most 1 together',
  );
