import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';

/** The port of podinfo, of which the examples tell. */
const PORT = 9898;

/** Calls an operation of App Mesh by its name. */
export type AppMeshCall = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** The name by which callers know the service. */
export const virtualServiceName = ({ workload: { namespace }, service }: RolloutSpec): string =>
  `${service}.${namespace}.svc.cluster.local`;

/** What a team has in its mesh before stepcanary comes: a route to two virtual nodes, all of it to the primary. */
export const createMesh = async (spec: RolloutSpec, call: AppMeshCall): Promise<void> => {
  const {
    mesh: meshName,
    virtualRouter: virtualRouterName,
    route: routeName,
    primary,
    canary,
  } = spec.router.appMesh;
  const { namespace } = spec.workload;
  const listeners = [{ portMapping: { port: PORT, protocol: 'http' } }];
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
    match: { prefix: '/' },
    action: { weightedTargets },
    timeout: { perRequest: { value: 15, unit: 's' } },
  };
  await call('CreateRoute', { meshName, virtualRouterName, routeName, spec: { httpRoute } });
  await call('CreateVirtualService', {
    meshName,
    virtualServiceName: virtualServiceName(spec),
    spec: { provider: { virtualRouter: { virtualRouterName } } },
  });
};
