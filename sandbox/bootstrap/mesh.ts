import {
  type AppMeshClient,
  CreateMeshCommand,
  CreateRouteCommand,
  CreateVirtualNodeCommand,
  CreateVirtualRouterCommand,
  CreateVirtualServiceCommand,
} from '@aws-sdk/client-app-mesh';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';

const PORT = 9898;

/** The name by which callers know the service. */
export const virtualServiceName = ({ workload: { namespace }, service }: RolloutSpec): string =>
  `${service}.${namespace}.svc.cluster.local`;

/** What a team has in its mesh before stepcanary comes: a route to two virtual nodes, all of it to the primary. */
export const createMesh = async (spec: RolloutSpec, client: AppMeshClient): Promise<void> => {
  const { mesh, virtualRouter, route, primary, canary } = spec.router.appMesh;
  const { namespace } = spec.workload;
  const listener = { portMapping: { port: PORT, protocol: 'http' as const } };
  // A mesh may hold several services.
  await client.send(new CreateMeshCommand({ meshName: mesh })).catch((error: Error) => {
    if (error.name !== 'ConflictException') throw error;
  });
  for (const node of [primary, canary]) {
    const serviceDiscovery = { dns: { hostname: `${node}.${namespace}.svc.cluster.local` } };
    await client.send(
      new CreateVirtualNodeCommand({
        meshName: mesh,
        virtualNodeName: node,
        spec: { listeners: [listener], serviceDiscovery },
      }),
    );
  }
  await client.send(
    new CreateVirtualRouterCommand({
      meshName: mesh,
      virtualRouterName: virtualRouter,
      spec: { listeners: [listener] },
    }),
  );
  await client.send(
    new CreateRouteCommand({
      meshName: mesh,
      virtualRouterName: virtualRouter,
      routeName: route,
      spec: {
        httpRoute: {
          match: { prefix: '/' },
          action: {
            weightedTargets: [
              { virtualNode: primary, weight: 100 },
              { virtualNode: canary, weight: 0 },
            ],
          },
          timeout: { perRequest: { value: 15, unit: 's' } },
        },
      },
    }),
  );
  await client.send(
    new CreateVirtualServiceCommand({
      meshName: mesh,
      virtualServiceName: virtualServiceName(spec),
      spec: { provider: { virtualRouter: { virtualRouterName: virtualRouter } } },
    }),
  );
};
