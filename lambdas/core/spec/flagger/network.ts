import type { CanaryService } from './canary.ts';
import type { Findings } from './findings.ts';
import { goSeconds } from './go-duration.ts';

/** What Flagger makes of `spec.service` on App Mesh (fluxcd/flagger 1.44, pkg/router/appmesh_v1beta2.go). Times in milliseconds. */
export interface CanaryNetwork {
  readonly port: number;
  readonly protocol: 'http' | 'grpc';
  readonly prefix: string;
  readonly timeoutMs?: number;
  readonly retries?: {
    readonly maxRetries: number;
    readonly perTryTimeoutMs: number;
    readonly httpEvents: readonly string[];
    readonly tcpEvents: readonly string[];
  };
}

/** Flagger's defaults of a retry policy. */
const RETRY = { attempts: 1, perTryMs: 250, on: 'gateway-error' } as const;

const millisecondsOf = (written: string, path: string, findings: Findings): number => {
  const seconds = goSeconds(written);
  if (seconds === undefined || seconds <= 0)
    findings.problem(path, 'must be a duration', written, 'such as 15s');
  return (seconds ?? 1) * 1000;
};

/** Events that App Mesh can retry on (API model of 2019-01-25: HttpRetryPolicyEvents, TcpRetryPolicyEvent). */
const HTTP_EVENTS = ['server-error', 'gateway-error', 'client-error', 'stream-error'];
const TCP_EVENTS = ['connection-error'];

const retriesOf = (
  retries: NonNullable<CanaryService['retries']>,
  findings: Findings,
): NonNullable<CanaryNetwork['retries']> => {
  const path = 'spec.service.retries';
  const { attempts = RETRY.attempts, perTryTimeout, retryOn = RETRY.on } = retries;
  const events = retryOn.split(',').map((event) => event.trim());
  for (const event of events)
    if (![...HTTP_EVENTS, ...TCP_EVENTS].includes(event))
      findings.note(
        `${path}.retryOn`,
        `${event} is no retry event of App Mesh: ${[...HTTP_EVENTS, ...TCP_EVENTS].join(', ')}`,
      );
  return {
    maxRetries: attempts,
    perTryTimeoutMs:
      perTryTimeout === undefined
        ? RETRY.perTryMs
        : millisecondsOf(perTryTimeout, `${path}.perTryTimeout`, findings),
    httpEvents: events.filter((event) => HTTP_EVENTS.includes(event)),
    tcpEvents: events.filter((event) => TCP_EVENTS.includes(event)),
  };
};

/** Part of the route or of Kubernetes Services: nothing in a rollout spec says them. */
const STAYS: readonly (keyof CanaryService)[] = ['timeout', 'retries', 'match', 'backends', 'hosts'];
const UNREAD: readonly (keyof CanaryService)[] = [
  'rewrite',
  'headers',
  'corsPolicy',
  'trafficPolicy',
  'gateways',
  'gatewayRefs',
  'delegation',
  'mirror',
  'backendTimeout',
];
const SHAPE: readonly (keyof CanaryService)[] = [
  'portDiscovery',
  'headless',
  'trafficDistribution',
  'appProtocol',
  'apex',
  'primary',
  'canary',
  'unmanagedMetadata',
];

const say = (service: CanaryService, keys: typeof STAYS, text: string, findings: Findings): void => {
  for (const key of keys) if (service[key] !== undefined) findings.note(`spec.service.${key}`, text);
};

/** Reads `spec.service`; notes what stays as it is in the mesh. */
export const networkOf = (service: CanaryService, findings: Findings): CanaryNetwork => {
  say(
    service,
    STAYS,
    'not in the spec: it stays on your route and nodes, of which only weights are changed',
    findings,
  );
  say(service, UNREAD, 'left out: Flagger does not read it on App Mesh either', findings);
  say(service, SHAPE, 'left out: Kubernetes Services stay as they are', findings);
  const { port, targetPort, portName = 'http', timeout, retries, match } = service;
  if (match !== undefined && match.length > 1)
    findings.note('spec.service.match', 'Flagger reads the first entry only on App Mesh');
  return {
    port: typeof targetPort === 'number' ? targetPort : port,
    protocol: portName.includes('grpc') ? 'grpc' : 'http',
    prefix: match?.[0]?.uri?.prefix ?? '/',
    ...(timeout !== undefined && { timeoutMs: millisecondsOf(timeout, 'spec.service.timeout', findings) }),
    ...(retries !== undefined && { retries: retriesOf(retries, findings) }),
  };
};
