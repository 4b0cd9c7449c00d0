import {
  AppMeshClient,
  DescribeRouteCommand,
  type RouteSpec,
  UpdateRouteCommand,
} from '@aws-sdk/client-app-mesh';
import { describe, expect, test } from 'vitest';
import { AppMeshRouter } from '../../../../lambdas/adapters/app-mesh/router.ts';
import { clientToken, withWeights } from '../../../../lambdas/adapters/app-mesh/weighted-targets.ts';
import { appMesh } from '../../../../sandbox/aws/services/app-mesh/app-mesh.ts';
import { MeshStore } from '../../../../sandbox/aws/services/app-mesh/store.ts';
import { createMesh } from '../../../../sandbox/bootstrap/mesh.ts';
import { trafficRouterContract } from '../../../contracts/traffic-router.ts';
import { FakeRouter } from '../../../fakes/fake-router.ts';
import { spec } from '../../../fakes/rollouts.ts';
import { localEdge, ownerCall } from '../../../sandbox/aws/local-edge.ts';

const { appMesh: mesh } = spec().router;
const key = { meshName: mesh.mesh, virtualRouterName: mesh.virtualRouter, routeName: mesh.route };

const realRoute = async () => {
  const behaviours = appMesh(new MeshStore());
  const { config } = await localEdge({ services: () => ({ appmesh: behaviours }) });
  const client = new AppMeshClient(config());
  await createMesh(spec(), async (operation, input) =>
    behaviours[operation]?.(input, ownerCall('appmesh', operation)),
  );
  const route = async () => (await client.send(new DescribeRouteCommand(key))).route;
  const put = (changed: RouteSpec) => client.send(new UpdateRouteCommand({ ...key, spec: changed }));
  return { client, route, put, router: new AppMeshRouter(mesh, client) };
};

describe('an App Mesh route', () => {
  trafficRouterContract(async () => {
    const { router, route, put } = await realRoute();
    return {
      router,
      writes: async () => (await route())?.metadata?.version ?? 0,
      addStranger: async (weight) => {
        const target = { virtualNode: mesh.primary, weight: 100 - weight };
        const targets = [
          target,
          { virtualNode: mesh.canary, weight: 0 },
          { virtualNode: 'stranger', weight },
        ];
        const now = (await route())?.spec ?? {};
        await put({
          ...now,
          httpRoute: { ...now.httpRoute, match: { prefix: '/' }, action: { weightedTargets: targets } },
        });
      },
    };
  });

  test('tells when App Mesh took its last write, from which a weight counts (I2)', async () => {
    const { router, route } = await realRoute();
    const before = (await router.read()).updatedAt;
    const written = await router.shift({ primary: 95, canary: 5 });
    const { lastUpdatedAt } = (await route())?.metadata ?? {};
    expect(written.updatedAt).toBe(lastUpdatedAt?.toISOString());
    expect(Date.parse(written.updatedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(before ?? ''));
    // Nothing is written, so nothing is newer.
    expect((await router.shift({ primary: 95, canary: 5 })).updatedAt).toBe(written.updatedAt);
  });

  const timeouts = { perRequest: { value: 3, unit: 's' as const }, idle: { value: 1, unit: 's' as const } };
  const action = {
    weightedTargets: [
      { virtualNode: mesh.primary, weight: 100, port: 9898 },
      { virtualNode: mesh.canary, weight: 0, port: 9898 },
    ],
  };
  const http = {
    match: { prefix: '/api', method: 'GET' as const, headers: [{ name: 'x-team', match: { exact: 'a' } }] },
    action,
    retryPolicy: {
      maxRetries: 2,
      perRetryTimeout: { value: 250, unit: 'ms' as const },
      httpRetryEvents: ['server-error'],
    },
    timeout: timeouts,
  };

  test.each<[string, RouteSpec]>([
    ['HTTP', { priority: 10, httpRoute: http }],
    ['HTTP/2', { priority: 20, http2Route: http }],
    [
      'gRPC',
      {
        priority: 30,
        grpcRoute: { match: { serviceName: 'info.Info', methodName: 'Get' }, action, timeout: timeouts },
      },
    ],
    ['TCP', { tcpRoute: { action, timeout: { idle: { value: 1, unit: 's' } } } }],
  ])('of kind %s comes back as it was but for the weights (I4)', async (_, before) => {
    const { router, route, put } = await realRoute();
    await put(before);
    await router.shift({ primary: 60, canary: 40 });
    expect((await route())?.spec).toEqual(
      withWeights(before, { primary: mesh.primary, canary: mesh.canary }, { primary: 60, canary: 40 }),
    );
    await router.restore({ primary: 100, canary: 0 });
    expect((await route())?.spec).toEqual(before);
  });

  test('without one of our targets says which are there and what to add', async () => {
    const { router, put } = await realRoute();
    await put({
      httpRoute: {
        match: { prefix: '/' },
        action: { weightedTargets: [{ virtualNode: mesh.primary, weight: 100 }] },
      },
    });
    await expect(router.read()).rejects.toMatchObject({
      name: 'Canary.RouteChanged',
      message:
        'route podinfo: has no target podinfo-canary, its targets are: podinfo-primary; add podinfo-canary with weight 0',
    });
  });

  test('that is not there names the three names to check', async () => {
    const { client } = await realRoute();
    const lost = new AppMeshRouter({ ...mesh, route: 'podinfos' }, client);
    await expect(lost.read()).rejects.toMatchObject({
      name: 'Canary.RouteChanged',
      message: /there is no route podinfos in virtual router podinfo-router/,
    });
  });
});

describe('a route in memory, for tests', () => {
  trafficRouterContract(async () => {
    const router = new FakeRouter();
    return {
      router,
      writes: async () => router.written.length,
      addStranger: async (weight) => {
        router.stranger = weight;
        router.weights = { primary: 100 - weight, canary: 0 };
      },
    };
  });
});

test('a token is the same for the same write of the same version, whatever the order of keys, and fits App Mesh', () => {
  const one: RouteSpec = {
    priority: 1,
    tcpRoute: { action: { weightedTargets: [{ virtualNode: 'a', weight: 1 }] } },
  };
  const other: RouteSpec = {
    tcpRoute: { action: { weightedTargets: [{ weight: 1, virtualNode: 'a' }] } },
    priority: 1,
  };
  expect(clientToken('3', one)).toBe(clientToken('3', other));
  expect(clientToken('4', one)).not.toBe(clientToken('3', one));
  expect(clientToken('3', one)).toMatch(/^[A-Za-z0-9_-]{1,36}$/);
});
