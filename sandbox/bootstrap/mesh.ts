import type { CanaryNetwork } from '../../lambdas/core/spec/flagger/network.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';

/** What a route has beside its weights, and its nodes' listener; podinfo's where nothing else is said. */
const PLAIN: CanaryNetwork = { port: 9898, protocol: 'http', prefix: '/', timeoutMs: 15_000 };

/** Calls an operation of App Mesh by its name. */
export type AppMeshCall = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** The name by which callers know the service. */
export const virtualServiceName = ({ workload: { namespace }, service }: RolloutSpec): string =>
  `${service}.${namespace}.svc.cluster.local`;

const milliseconds = (value: number) => ({ value, unit: 'ms' });

const retryPolicyOf = ({
  maxRetries,
  perTryTimeoutMs,
  httpEvents,
  tcpEvents,
}: NonNullable<CanaryNetwork['retries']>) => ({
  maxRetries,
  perRetryTimeout: milliseconds(perTryTimeoutMs),
  ...(httpEvents.length > 0 && { httpRetryEvents: httpEvents }),
  ...(tcpEvents.length > 0 && { tcpRetryEvents: tcpEvents }),
});

/** What a team has in its mesh before stepcanary comes: a route to two virtual nodes, all of it to the primary. */
export const createMesh = async (
  spec: RolloutSpec,
  call: AppMeshCall,
  { port, protocol, prefix, timeoutMs, retries }: CanaryNetwork = PLAIN,
): Promise<void> => {
  const {
    mesh: meshName,
    virtualRouter: virtualRouterName,
    route: routeName,
    primary,
    canary,
  } = spec.router.appMesh;
  const { namespace } = spec.workload;
  const listeners = [{ portMapping: { port, protocol } }];
  // Several services may share a mesh, a virtual router and its nodes; a route is one service's own.
  const share = (operation: string, input: Parameters<AppMeshCall>[1]) =>
    call(operation, input).catch((error: Error) => {
      if (error.name !== 'ConflictException') throw error;
    });
  await share('CreateMesh', { meshName });
  for (const node of [primary, canary]) {
    const serviceDiscovery = { dns: { hostname: `${node}.${namespace}.svc.cluster.local` } };
    await share('CreateVirtualNode', {
      meshName,
      virtualNodeName: node,
      spec: { listeners, serviceDiscovery },
    });
  }
  await share('CreateVirtualRouter', { meshName, virtualRouterName, spec: { listeners } });
  const weightedTargets = [
    { virtualNode: primary, weight: 100 },
    { virtualNode: canary, weight: 0 },
  ];
  const httpRoute = {
    match: { prefix },
    action: { weightedTargets },
    ...(timeoutMs !== undefined && { timeout: { perRequest: milliseconds(timeoutMs) } }),
    ...(retries && { retryPolicy: retryPolicyOf(retries) }),
  };
  await call('CreateRoute', { meshName, virtualRouterName, routeName, spec: { httpRoute } });
  await call('CreateVirtualService', {
    meshName,
    virtualServiceName: virtualServiceName(spec),
    spec: { provider: { virtualRouter: { virtualRouterName } } },
  });
};
