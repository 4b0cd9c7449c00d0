/** The route that A/B makes, as a function of the one that it stands before. */
import type { HttpRouteHeader, RouteData, RouteSpec } from '@aws-sdk/client-app-mesh';
import type { HeaderMatches } from '../../core/spec/match.ts';

/** Kinds of routes that can match headers in the same way. */
const HTTP_KINDS = ['httpRoute', 'http2Route'] as const;
/** HttpRouteMatch.headers: 1 to 10 (App Mesh API of 2019-01-25). */
const MOST_HEADERS = 10;
/** RouteSpec.priority: 0 to 1000, 0 the highest; a route without one comes after all that have one. */
const LOWEST_PRIORITY = 1000;

const headersOf = (match: HeaderMatches): HttpRouteHeader[] =>
  Object.entries(match).map(([name, is]) => ({ name, match: is }) as HttpRouteHeader);

/** The priority of what stands before a route; below 0 where there is no room. */
const priorityBefore = (priority: number | undefined): number => (priority ?? LOWEST_PRIORITY + 1) - 1;

/** The same route for requests with these headers only, tried before it; its weights are still the same. */
export const matchedSpec = (spec: RouteSpec, match: HeaderMatches): RouteSpec => {
  const copy = structuredClone(spec);
  for (const kind of HTTP_KINDS) {
    const route = copy[kind];
    if (route !== undefined)
      route.match = { ...route.match, headers: [...(route.match?.headers ?? []), ...headersOf(match)] };
  }
  return { ...copy, priority: priorityBefore(spec.priority) };
};

const headerObstacles = (spec: RouteSpec, match: HeaderMatches, name: string): string[] => {
  const http = spec.httpRoute ?? spec.http2Route;
  if (http === undefined)
    return [`route ${name} is no HTTP or HTTP/2 route, and no other can be matched by headers`];
  const present = http.match?.headers ?? [];
  const total = present.length + Object.keys(match).length;
  const twice = present.filter((header) => (header.name ?? '').toLowerCase() in match);
  return [
    ...twice.map(
      (header) =>
        `route ${name} matches the header ${header.name} itself, so strategy.ab.match cannot; leave it out of one of the two`,
    ),
    ...(total > MOST_HEADERS
      ? [
          `route ${name} and strategy.ab.match have ${total} headers together, and a route takes ${MOST_HEADERS}; leave some out`,
        ]
      : []),
  ];
};

const priorityObstacles = (
  spec: RouteSpec,
  name: string,
  others: readonly Pick<RouteData, 'routeName' | 'spec'>[],
): string[] => {
  const { priority } = spec;
  const wanted = priorityBefore(priority);
  if (wanted < 0)
    return [`route ${name} has priority 0, so no route can be tried before it; give it a higher number`];
  const taken = others.find((other) => other.spec?.priority === wanted);
  if (taken !== undefined)
    return [
      `route ${name} is tried right after ${taken.routeName}, which has priority ${wanted}; leave a number free between them`,
    ];
  const unordered = priority === undefined && others.find((other) => other.spec?.priority === undefined);
  return unordered
    ? [
        `neither route ${name} nor ${unordered.routeName} has a priority, so the one for A/B would be tried before both; give ${name} one`,
      ]
    : [];
};

/** Why no route for A/B can stand before this one, and the fix of each; `others` are the further routes of its router. */
export const matchedObstacles = (
  { routeName = '', spec = {} }: RouteData,
  match: HeaderMatches,
  others: readonly Pick<RouteData, 'routeName' | 'spec'>[],
): string[] => [...headerObstacles(spec, match, routeName), ...priorityObstacles(spec, routeName, others)];
