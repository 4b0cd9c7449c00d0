import type { GrpcRoute, HttpRoute } from '@aws-sdk/client-app-mesh';

/** A route's retries and timeouts, as far as they decide who sees an error. Nothing set: no retry, no limit. */
export interface RoutePolicy {
  /** Attempts after the first. */
  readonly maxRetries?: number | undefined;
  readonly perRetryTimeoutMs?: number | undefined;
  /** `server-error`, `gateway-error`, `client-error`, `stream-error`. */
  readonly httpRetryEvents?: readonly string[] | undefined;
  /** `connection-error`. */
  readonly tcpRetryEvents?: readonly string[] | undefined;
  /** For all attempts together. */
  readonly perRequestTimeoutMs?: number | undefined;
}

/** App Mesh's lists. Source: HttpRetryPolicy in the App Mesh API reference. */
const SERVER_ERRORS = [500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511];
const GATEWAY_ERRORS = [502, 503, 504];

/** What a route without a timeout has. Source: HttpTimeout in the App Mesh API reference. */
const DEFAULT_TIMEOUT_MS = 15_000;

/** Whether a target's answer is tried again. */
export const retriesStatus = ({ httpRetryEvents = [] }: RoutePolicy, status: number): boolean =>
  (httpRetryEvents.includes('server-error') && SERVER_ERRORS.includes(status)) ||
  (httpRetryEvents.includes('gateway-error') && GATEWAY_ERRORS.includes(status)) ||
  (httpRetryEvents.includes('client-error') && status === 409);

/** Whether a connection that broke is tried again. Envoy's `5xx`, which is what `server-error` becomes, covers it too. */
export const retriesConnection = ({ httpRetryEvents = [], tcpRetryEvents = [] }: RoutePolicy): boolean =>
  tcpRetryEvents.includes('connection-error') || httpRetryEvents.includes('server-error');

const milliseconds = (duration: { unit?: string | undefined; value?: number | undefined } | undefined) =>
  duration?.value === undefined ? undefined : duration.value * (duration.unit === 's' ? 1_000 : 1);

/** The policy in an App Mesh HTTP, HTTP/2 or gRPC route; a timeout of 0 is none. */
export const routePolicyOf = (
  route: Pick<HttpRoute | GrpcRoute, 'retryPolicy' | 'timeout'> | undefined,
): RoutePolicy => {
  const timeout = milliseconds(route?.timeout?.perRequest) ?? DEFAULT_TIMEOUT_MS;
  const retry = route?.retryPolicy;
  return {
    maxRetries: retry?.maxRetries,
    perRetryTimeoutMs: milliseconds(retry?.perRetryTimeout),
    httpRetryEvents: retry?.httpRetryEvents,
    tcpRetryEvents: retry?.tcpRetryEvents,
    perRequestTimeoutMs: timeout === 0 ? undefined : timeout,
  };
};
