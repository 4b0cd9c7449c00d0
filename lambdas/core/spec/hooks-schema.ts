import * as z from 'zod';
import { duration } from './duration-schema.ts';
import { HOOK_TYPES, SECRET } from './hooks.ts';

/** Headers that carry a secret by their nature. */
const SECRET_HEADERS = /^(authorization|proxy-authorization|cookie|x-api-key|x-auth-token)$/i;
/** Headers that the call itself sets. */
const OWN_HEADERS = /^(host|content-length|content-type|connection|transfer-encoding|idempotency-key)$/i;

const httpUrl = () =>
  z
    .string()
    .refine(
      (text) =>
        URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !/^[^/]*\/\/[^/]*@/.test(text),
      'must be an http or https address without user and password, such as https://tests.example.com/check',
    );

const lambdaArn = () =>
  z
    .string()
    .regex(
      /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]{1,128})?$/,
      'must be the ARN of a Lambda function',
    );

/** Headers of a call; those that carry a secret name it. */
export const headers = () =>
  z
    .record(
      z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of a header'),
      z.string().max(1024, 'must have at most 1024 characters'),
    )
    .superRefine((all, context) => {
      for (const [name, value] of Object.entries(all)) {
        const refuse = (message: string) =>
          context.addIssue({ code: 'custom', path: [name], message, input: all });
        if (OWN_HEADERS.test(name)) refuse('is set by the call itself: leave it out');
        else if (value.startsWith('secret:') && !SECRET.test(value))
          refuse('must be secret:NAME of a secret');
        else if (SECRET_HEADERS.test(name) && !SECRET.test(value))
          refuse('must be secret:NAME: a spec is no place for a secret');
        else if (!/^[\t\x20-\x7e]*$/.test(value)) refuse('must be printable ASCII');
      }
    });

/** One hook, as a spec has it. */
export const hook = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9]([A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?$/,
        'must be a name of 1 to 64 letters, digits, space . _ -',
      ),
    /** As in Flagger, a hook without a type is one of each tick. */
    type: z.enum(HOOK_TYPES).default('rollout'),
    url: httpUrl().optional(),
    function: lambdaArn().optional(),
    /** Of each attempt, in seconds. */
    timeout: duration({ min: 1, max: 300 }).default(10),
    retries: z
      .number()
      .int('must be a whole number')
      .min(0, 'must be 0 to 10')
      .max(10, 'must be 0 to 10')
      .default(0),
    metadata: z.record(z.string(), z.string()).default({}),
    headers: headers().default({}),
    disableTLS: z.boolean().default(false),
    muteAlert: z.boolean().default(false),
  })
  .superRefine(({ url, function: arn }, context) => {
    if ((url === undefined) === (arn === undefined))
      context.addIssue({
        code: 'custom',
        path: ['url'],
        message: 'must be given, or function, and not both',
        input: url,
      });
  });

/** The hooks of a spec, in the order in which those of one type are called. */
export const hooks = () => z.array(hook).max(50, 'must have at most 50 hooks').default([]);
