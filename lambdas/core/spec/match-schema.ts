import * as z from 'zod';

/** What a header must be: App Mesh's HeaderMatchMethod without ranges, 1 to 255 characters each (API of 2019-01-25). */
const text = () => z.string().min(1, 'must not be empty').max(255, 'must have at most 255 characters');

/** What RE2, which Envoy matches with, has not: lookarounds and references to groups. */
const NOT_RE2 = /\(\?<?[=!]|\\[1-9]/;

const compiles = (pattern: string): boolean => {
  try {
    return new RegExp(pattern).source !== '';
  } catch {
    return false;
  }
};

const regex = () =>
  text()
    .refine(compiles, 'must be a regular expression')
    .refine((pattern) => !NOT_RE2.test(pattern), 'must be one for RE2, without lookarounds and references');

/** One header's condition: exactly one of these. */
const header = z.union([
  z.strictObject({ exact: text() }),
  z.strictObject({ prefix: text() }),
  z.strictObject({ suffix: text() }),
  /** The whole value must match. */
  z.strictObject({ regex: regex() }),
]);

/** Conditions by the header's name: all of them must hold. */
const headers = z
  .record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,50}$/, 'must be the name of a header'), header)
  .superRefine((all, context) => {
    const names = Object.keys(all);
    const refuse = (message: string) => context.addIssue({ code: 'custom', message, input: all });
    if (names.length === 0) refuse('must name at least one header');
    if (names.length > 10) refuse('must have at most 10 headers, what a route can match');
    if (new Set(names.map((name) => name.toLowerCase())).size < names.length)
      refuse('must name each header once: upper and lower case are the same');
  });

/** Whose requests go to the canary: those that one of the entries matches. */
export const matches = () => z.array(z.strictObject({ headers })).min(1, 'must have at least one entry');

/** What a header must be. */
export type HeaderMatch = z.output<typeof header>;
/** One entry: all its headers must match. */
export type RequestMatch = z.output<ReturnType<typeof matches>>[number];
