import type { RequestContext } from './policy.ts';

const expressions = new Map<string, RegExp>();

/** `*` is any text, `?` is one character; the private-use characters are the escaped ones of `${*}` and `${?}`. */
function expressionOf(pattern: string, ignoreCase: boolean): RegExp {
  const key = `${ignoreCase}${pattern}`;
  let expression = expressions.get(key);
  if (expression === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
      .replaceAll(LITERAL_STAR, '\\*')
      .replaceAll(LITERAL_MARK, '\\?');
    expression = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
    expressions.set(key, expression);
  }
  return expression;
}

const LITERAL_STAR = '\ue000';
const LITERAL_MARK = '\ue001';

/** Whether `text` is what the pattern with `*` and `?` describes. */
export const matchesWildcards = (pattern: string, text: string, ignoreCase = false): boolean =>
  pattern === '*' || expressionOf(pattern, ignoreCase).test(text);

/** A filled text as plain text, for comparisons that know no wildcards. */
export const plainText = (filled: string): string =>
  filled.replaceAll(LITERAL_STAR, '*').replaceAll(LITERAL_MARK, '?');

const VARIABLE = /\$\{([^}]*)\}/g;

/**
 * Puts the request's values in place of policy variables: `${aws:PrincipalTag/team}`, `${key, 'default'}`, `${*}`.
 * Undefined when a variable has no value: then the statement does not apply. Source: IAM User Guide, "Policy variables".
 */
export function withVariables(text: string, context: RequestContext): string | undefined {
  if (!text.includes('${')) return text;
  let missing = false;
  const filled = text.replace(VARIABLE, (_, inside: string) => {
    if (inside === '*') return LITERAL_STAR;
    if (inside === '?') return LITERAL_MARK;
    if (inside === '$') return '$';
    const [key = '', fallback] = inside.split(/\s*,\s*/);
    const values = context[key.toLowerCase()];
    // A key with several values can't stand for one text.
    if (values?.length === 1)
      return (values[0] as string).replaceAll('*', LITERAL_STAR).replaceAll('?', LITERAL_MARK);
    const text = /^'(.*)'$/.exec(fallback ?? '')?.[1];
    if (text === undefined) missing = true;
    return text ?? '';
  });
  return missing ? undefined : filled;
}
