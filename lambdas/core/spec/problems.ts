import type { z } from 'zod';
import { nearest } from './nearest.ts';

/** The value at a path, as the person wrote it, short enough for one line. */
const written = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined | null)?.[key],
    value,
  );

const dotted = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  ) || 'the file';

interface Definition {
  readonly shape?: Record<string, z.core.$ZodType>;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

/** The keys that the schema knows at a path: for "did you mean". */
const knownKeys = (schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] => {
  const definition = schema._zod.def as unknown as Definition;
  const inner = definition.innerType ?? definition.in;
  if (inner !== undefined) return knownKeys(inner, path);
  if (definition.options !== undefined)
    return definition.options.flatMap((option) => knownKeys(option, path));
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(definition.shape ?? {});
  const next = definition.element ?? definition.valueType ?? definition.shape?.[String(key)];
  return next === undefined ? [] : knownKeys(next, rest);
};

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'must be a block of keys',
  array: 'must be a list',
  string: 'must be a text',
  number: 'must be a number',
  boolean: 'must be true or false',
  int: 'must be a whole number',
};

/** A limit for which the schema has no words of its own; lengths for texts and lists. */
const limit = ({
  code,
  origin,
  inclusive,
  ...issue
}: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string => {
  const bound = Number(
    code === 'too_small'
      ? (issue as z.core.$ZodIssueTooSmall).minimum
      : (issue as z.core.$ZodIssueTooBig).maximum,
  );
  const [least, most] = inclusive === false ? ['more than', 'less than'] : ['at least', 'at most'];
  const verb = origin === 'string' || origin === 'array' ? 'have' : 'be';
  return `must ${verb} ${code === 'too_small' ? least : most} ${bound}`;
};

const describe = (issue: z.core.$ZodIssue, value: unknown): string => {
  if ((issue.code === 'too_small' || issue.code === 'too_big') && issue.message.startsWith('Too'))
    return limit(issue);
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    const wanted = EXPECTED[issue.expected] ?? `must be ${issue.expected}`;
    // A version such as 6.0, or an account number.
    const quotes = issue.expected === 'string' && typeof value === 'number' ? '; put it in quotes' : '';
    return value === undefined ? `is missing: it ${wanted}` : `${wanted}${quotes}`;
  }
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid'))
    return `must be ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_union' && 'options' in issue)
    return `must be ${(issue.options as unknown[]).map(String).join(' or ')}`;
  return issue.message;
};

/** Keys that a branch does not know at all: one that somebody has written belongs to another branch. */
const strangeKeys = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce(
    (sum, issue) =>
      sum + (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys.length : 0),
    0,
  );

/** The form that a branch wants instead of what stands there (a list, a number); undefined where the form is right. */
const otherForm = (issues: readonly z.core.$ZodIssue[]): string | undefined => {
  const [only] = issues;
  return issues.length === 1 && only?.code === 'invalid_type' && only.path.length === 0
    ? EXPECTED[only.expected]
    : undefined;
};

/** Of a union's branches, the complaints of the one that the value comes nearest to: by its form, then by its keys. */
const nearestBranch = (branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] => {
  const fitting = branches.filter((issues) => otherForm(issues) === undefined);
  const among = fitting.length > 0 ? fitting : branches;
  return [...among].sort((a, b) => strangeKeys(a) - strangeKeys(b) || a.length - b.length)[0] ?? [];
};

/** Where no branch of a union is of the form that stands there: all forms that would do. */
const wantedForms = (branches: readonly (readonly z.core.$ZodIssue[])[]): string | undefined => {
  const forms = branches.map(otherForm);
  if (forms.length < 2 || forms.includes(undefined)) return undefined;
  const [first, ...rest] = [...new Set(forms)];
  return [first, ...rest.map((form) => form?.replace('must be ', ''))].join(' or ');
};

const lines = (
  schema: z.core.$ZodType,
  value: unknown,
  issue: z.core.$ZodIssue,
  base: readonly PropertyKey[],
): string[] => {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = knownKeys(schema, path);
      // Known to another branch of a union: right by itself, and wrong beside what stands there.
      if (known.includes(key)) {
        const beside = Object.keys(Object(at(value, path))).filter(
          (other) => other !== key && known.includes(other),
        );
        return `${dotted([...path, key])}: must not stand beside ${beside.join(', ')}, got ${written(at(value, [...path, key]))}; leave one of them out`;
      }
      const meant = nearest(key, known);
      const fix = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
      return `${dotted([...path, key])}: unknown key, got ${written(at(value, [...path, key]))}; ${fix}`;
    });
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    if (at(value, path) === undefined) return [`${dotted(path)}: is missing, got nothing`];
    const forms = wantedForms(issue.errors);
    if (forms !== undefined) return [`${dotted(path)}: ${forms}, got ${written(at(value, path))}`];
    return nearestBranch(issue.errors).flatMap((inner) => lines(schema, value, inner, path));
  }
  return [`${dotted(path)}: ${describe(issue, at(value, path))}, got ${written(at(value, path))}`];
};

/** Every complaint of a failed parse as `path: what is wrong, got value`, in the order of the file's keys. */
export const problemsOf = (
  schema: z.core.$ZodType,
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
): string[] => issues.flatMap((issue) => lines(schema, value, issue, []));
