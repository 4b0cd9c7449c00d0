import { asRegex, matchOf } from '../../lambdas/core/spec/match.ts';
import type { HeaderMatch } from '../../lambdas/core/spec/match-schema.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { abOf } from '../../lambdas/core/spec/strategy.ts';
import type { RequestShape } from '../traffic/route-table.ts';
import type { Scenario } from './scenario.ts';

/** Users who send what the A/B of a spec asks for, where a scenario says nothing of users. */
const MATCHING_SHARE = 0.1;

/** A kind of requests, and its share of all, 0 to 1. */
export interface UserKind {
  readonly share: number;
  readonly request: RequestShape;
}

/** From the inside out: what is optional goes, of alternatives the first stays, a class becomes one of its letters. */
const SIMPLER: readonly (readonly [RegExp, string])[] = [
  [/\((?:\?:)?[^()]*\)[?*]\??/g, ''],
  [/\((?:\?:)?([^()|]*)[^()]*\)\+?\??/g, '$1'],
];
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/^\^|\$$/g, ''],
  [/\|.*$/s, ''],
  [/(\.|\[[^\]]*\]|\\[dwsDWS])\*\??/g, ''],
  [/\\d\+?/g, '1'],
  [/\\w\+?/g, 'a'],
  [/\\s\+?/g, ' '],
  [/\[\^[^\]]*\]\+?/g, 'x'],
  [/\[([^\]])[^\]]*\]\+?/g, '$1'],
  [/(?<!\\)\.\+?/g, 'x'],
  [/\\(.)/g, '$1'],
];

/** A text that a regular expression matches whole; undefined where none is found this simply. */
const exampleOfRegex = (regex: string): string | undefined => {
  let text = regex;
  for (let before = ''; before !== text; ) {
    before = text;
    for (const [pattern, by] of SIMPLER) text = text.replace(pattern, by);
  }
  for (const [pattern, by] of PLAIN) text = text.replace(pattern, by);
  return new RegExp(`^(?:${regex})$`).test(text) ? text : undefined;
};

const exampleOf = (match: HeaderMatch): string | undefined => {
  if ('exact' in match) return match.exact;
  if ('prefix' in match) return match.prefix;
  return 'suffix' in match ? match.suffix : exampleOfRegex(asRegex(match));
};

/** Headers that an A/B spec matches; undefined where no example was found for one of them. */
const matchingHeaders = (spec: RolloutSpec): Record<string, string> | undefined => {
  const examples = Object.entries(matchOf(spec)).map(([name, match]) => [name, exampleOf(match)] as const);
  const found = examples.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return found.length < examples.length ? undefined : Object.fromEntries(found);
};

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/**
 * The kinds of requests that a scenario's users send, the plain ones of nobody in particular among them. Undefined where all
 * are plain.
 * @param path of requests of which the scenario does not say it
 */
export const userKinds = (
  { users }: Pick<Scenario, 'users'>,
  spec: RolloutSpec,
  path: string,
): readonly UserKind[] | undefined => {
  const plain = (share: number): UserKind => ({ share, request: { method: 'GET', path, headers: {} } });
  if (users !== undefined) {
    const kinds = users.map(({ share, headers, method = 'GET', path: own = path }) => ({
      share,
      request: { method, path: own, headers: lowerCase(headers) },
    }));
    const rest = 1 - kinds.reduce((sum, { share }) => sum + share, 0);
    return rest > 1e-9 ? [plain(rest), ...kinds] : kinds;
  }
  const headers = abOf(spec) === undefined ? undefined : matchingHeaders(spec);
  if (headers === undefined) return undefined;
  const matching = { share: MATCHING_SHARE, request: { method: 'GET', path, headers } };
  return [plain(1 - MATCHING_SHARE), matching];
};

/** What is missing where nobody can tell whose requests an A/B spec means. */
export const userProblems = ({ users }: Pick<Scenario, 'users'>, spec: RolloutSpec): string[] =>
  users === undefined && abOf(spec) !== undefined && matchingHeaders(spec) === undefined
    ? [
        'users: is missing: no example was found for the regular expressions of strategy.ab.match; say whose requests match, ' +
          'such as [{ share: 0.1, headers: { cookie: "canary=insider" } }], got nothing',
      ]
    : [];
