import type {
  GrpcRoute,
  HttpRoute,
  HttpRouteHeader,
  HttpRouteMatch,
  RouteSpec,
  WeightedTarget,
} from '@aws-sdk/client-app-mesh';
import { type RoutePolicy, routePolicyOf } from './route-policy.ts';

/** What a route can match on. */
export interface RequestShape {
  readonly method: string;
  /** With its query, if any. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A route as App Mesh describes it, as far as requests meet it. */
export interface MeshRoute {
  readonly routeName?: string | undefined;
  readonly spec?: RouteSpec | undefined;
}

/** Where a request goes. */
export interface RouteChoice {
  /** By virtual node; 0 sends nothing. */
  readonly weights: Readonly<Record<string, number>>;
  readonly policy: RoutePolicy;
}

/** Envoy matches regular expressions against the whole text. */
const wholly = (regex: string, text: string): boolean => new RegExp(`^(?:${regex})$`).test(text);

const headerMatches = ({ name = '', invert, match }: HttpRouteHeader, request: RequestShape): boolean => {
  const value = request.headers[name.toLowerCase()];
  const matched = value !== undefined && (match === undefined || valueMatches(match, value));
  return matched !== (invert ?? false);
};

const valueMatches = (match: NonNullable<HttpRouteHeader['match']>, value: string): boolean => {
  if (match.exact !== undefined) return value === match.exact;
  if (match.prefix !== undefined) return value.startsWith(match.prefix);
  if (match.suffix !== undefined) return value.endsWith(match.suffix);
  if (match.regex !== undefined) return wholly(match.regex, value);
  const { start = 0, end = 0 } = match.range ?? {};
  return /^-?\d+$/.test(value) && Number(value) >= start && Number(value) < end;
};

const pathMatches = (
  { prefix, path, queryParameters = [] }: HttpRouteMatch,
  request: RequestShape,
): boolean => {
  const url = new URL(`http://mesh${request.path}`);
  if (prefix !== undefined && !url.pathname.startsWith(prefix)) return false;
  if (path?.exact !== undefined && url.pathname !== path.exact) return false;
  if (path?.regex !== undefined && !wholly(path.regex, url.pathname)) return false;
  return queryParameters.every(({ name = '', match }) => {
    const value = url.searchParams.get(name);
    return value !== null && (match?.exact === undefined || value === match.exact);
  });
};

const httpMatches = ({ match }: HttpRoute, request: RequestShape): boolean =>
  match === undefined ||
  ((match.method === undefined || match.method === request.method) &&
    pathMatches(match, request) &&
    (match.headers ?? []).every((header) => headerMatches(header, request)));

/** gRPC requests have the path `/package.Service/Method`. */
const grpcMatches = ({ match }: GrpcRoute, request: RequestShape): boolean => {
  const [, service, method] = request.path.split('/');
  return (
    (request.headers['content-type'] ?? '').startsWith('application/grpc') &&
    (match?.serviceName === undefined || match.serviceName === service) &&
    (match?.methodName === undefined || match.methodName === method)
  );
};

const choiceOf = ({ spec }: MeshRoute, request: RequestShape): RouteChoice | undefined => {
  const http = spec?.httpRoute ?? spec?.http2Route;
  if (http !== undefined)
    return httpMatches(http, request)
      ? { weights: weightsOf(http.action?.weightedTargets), policy: routePolicyOf(http) }
      : undefined;
  const grpc = spec?.grpcRoute;
  if (grpc !== undefined)
    return grpcMatches(grpc, request)
      ? { weights: weightsOf(grpc.action?.weightedTargets), policy: routePolicyOf(grpc) }
      : undefined;
  return spec?.tcpRoute && { weights: weightsOf(spec.tcpRoute.action?.weightedTargets), policy: {} };
};

const weightsOf = (targets: readonly WeightedTarget[] | undefined): Record<string, number> =>
  Object.fromEntries((targets ?? []).map(({ virtualNode = '', weight = 0 }) => [virtualNode, weight]));

/**
 * The route that takes a request: the lowest priority number that matches; routes without a priority come last, equals by
 * name. Undefined when none does (Envoy answers 404).
 */
export const chooseRoute = (routes: readonly MeshRoute[], request: RequestShape): RouteChoice | undefined => {
  const rank = ({ spec }: MeshRoute) => spec?.priority ?? Number.POSITIVE_INFINITY;
  const byName = (a: MeshRoute, b: MeshRoute) => ((a.routeName ?? '') < (b.routeName ?? '') ? -1 : 1);
  const ordered = [...routes].sort((a, b) => (rank(a) === rank(b) ? byName(a, b) : rank(a) - rank(b)));
  for (const route of ordered) {
    const choice = choiceOf(route, request);
    if (choice !== undefined) return choice;
  }
  return undefined;
};
