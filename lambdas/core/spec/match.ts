import type { HeaderMatch, RequestMatch } from './match-schema.ts';
import type { RolloutSpec } from './schema.ts';
import { abOf } from './strategy.ts';

/** Conditions by lower-case name of the header; all of them must hold. What one route can ask. */
export type HeaderMatches = Readonly<Record<string, HeaderMatch>>;

/** A header's match has at most 255 characters (App Mesh API). */
const MOST_CHARACTERS = 255;

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The condition as a regular expression that the whole value must match. */
export const asRegex = (match: HeaderMatch): string => {
  if ('regex' in match) return match.regex;
  if ('exact' in match) return literally(match.exact);
  return 'prefix' in match ? `${literally(match.prefix)}.*` : `.*${literally(match.suffix)}`;
};

const same = (one: HeaderMatch | undefined, other: HeaderMatch | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const lowerCase = ({ headers }: RequestMatch): HeaderMatches =>
  Object.fromEntries(Object.entries(headers).map(([name, match]) => [name.toLowerCase(), match]));

/** Two sets of conditions as one that either fulfils: they have the same headers, and all but one the same condition. */
const either = (one: HeaderMatches, other: HeaderMatches): HeaderMatches | undefined => {
  const names = Object.keys(one);
  const known = names.length === Object.keys(other).length && names.every((name) => name in other);
  const differing = names.filter((name) => !same(other[name], one[name]));
  const [name, ...more] = differing;
  if (!known || more.length > 0) return undefined;
  if (name === undefined) return one;
  const [first, second] = [one[name], other[name]];
  if (first === undefined || second === undefined) return undefined;
  return { ...one, [name]: { regex: `(${asRegex(first)})|(${asRegex(second)})` } };
};

/**
 * All entries as the conditions of one route, which knows "and" only: entries that differ in one header become one regular
 * expression. Undefined where that cannot be said.
 */
export const mergedMatch = (match: readonly RequestMatch[]): HeaderMatches | undefined => {
  const [first, ...rest] = match.map(lowerCase);
  const merged = rest.reduce<HeaderMatches | undefined>((so, next) => so && either(so, next), first);
  const long = Object.values(merged ?? {}).some(
    (each) => asRegex(each).length > MOST_CHARACTERS && 'regex' in each,
  );
  return long ? undefined : merged;
};

/** The route that A/B makes and takes away beside the one that the spec names: the only one that it may (I4). */
export const matchedRouteName = (route: string): string => `${route}-ab`;

/** A resource's name has at most 255 characters (App Mesh API). */
const LONGEST_NAME = 255;

const nameProblems = ({ appMesh: { route } }: RolloutSpec['router']): string[] => {
  const most = LONGEST_NAME - matchedRouteName('').length;
  return route.length <= most
    ? []
    : [
        `router.appMesh.route: must have at most ${most} characters for A/B, which makes ${matchedRouteName('ROUTE')}, got ${route.length}`,
      ];
};

/** What is wrong with the users that an A/B spec names, each as `path: what is wrong, got value`. */
export const matchProblems = (spec: Pick<RolloutSpec, 'strategy' | 'router'>): string[] => {
  const ab = abOf(spec);
  if (ab === undefined) return [];
  const problems = nameProblems(spec.router);
  if (mergedMatch(ab.match) !== undefined) return problems;
  return [
    ...problems,
    'strategy.ab.match: must say in one route whose requests go to the canary, so entries, of which any is enough, may differ ' +
      `in one header only (and in ${MOST_CHARACTERS} characters together), got ${ab.match.length} entries of ` +
      `${[...new Set(ab.match.flatMap(({ headers }) => Object.keys(headers)))].join(', ')}; ` +
      'write headers that must all match into one entry',
  ];
};

/** The conditions of an A/B spec's route. Throws a TypeError for a spec that was not parsed, or is not A/B. */
export const matchOf = (spec: Pick<RolloutSpec, 'strategy'>): HeaderMatches => {
  const merged = mergedMatch(abOf(spec)?.match ?? []);
  if (merged === undefined) throw new TypeError('not an A/B spec that one route can match');
  return merged;
};
