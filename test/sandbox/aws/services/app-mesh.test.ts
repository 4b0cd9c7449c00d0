import {
  AppMeshClient,
  CreateMeshCommand,
  CreateRouteCommand,
  CreateVirtualNodeCommand,
  CreateVirtualRouterCommand,
  DeleteVirtualNodeCommand,
  DescribeRouteCommand,
  ListRoutesCommand,
  ListTagsForResourceCommand,
  type RouteSpec,
  UpdateRouteCommand,
} from '@aws-sdk/client-app-mesh';
import { describe, expect, test } from 'vitest';
import { appMesh } from '../../../../sandbox/aws/services/app-mesh/app-mesh.ts';
import { MeshStore, type RouteChange, targetsOf } from '../../../../sandbox/aws/services/app-mesh/store.ts';
import { ACCOUNT, localEdge, REGION } from '../local-edge.ts';

const weightedTargets = [
  { virtualNode: 'podinfo-primary', weight: 95, port: 9898 },
  { virtualNode: 'podinfo-canary', weight: 5 },
];
const timeout = { perRequest: { value: 15, unit: 's' as const }, idle: { value: 300, unit: 'ms' as const } };
const retries = { maxRetries: 3, perRetryTimeout: { value: 2, unit: 's' as const } };

const ROUTES: Record<string, RouteSpec> = {
  http: {
    priority: 10,
    httpRoute: {
      match: {
        prefix: '/',
        method: 'GET',
        headers: [{ name: 'cookie', invert: true, match: { regex: '^(.*?;)?(canary=insider)(;.*)?$' } }],
        queryParameters: [{ name: 'q', match: { exact: 'ä' } }],
      },
      action: { weightedTargets },
      retryPolicy: { ...retries, httpRetryEvents: ['server-error'], tcpRetryEvents: ['connection-error'] },
      timeout,
    },
  },
  http2: { http2Route: { match: { path: { regex: '/.*' } }, action: { weightedTargets }, timeout } },
  tcp: { priority: 0, tcpRoute: { action: { weightedTargets }, timeout: { idle: { value: 1, unit: 's' } } } },
  grpc: {
    grpcRoute: {
      match: { serviceName: 'podinfo', metadata: [{ name: 'v', match: { range: { start: 1, end: 9 } } }] },
      action: { weightedTargets },
      retryPolicy: { ...retries, grpcRetryEvents: ['unavailable'] },
    },
  },
};

const names = { meshName: 'global', virtualRouterName: 'podinfo-router' };

async function mesh() {
  const store = new MeshStore();
  const local = await localEdge({ services: () => ({ appmesh: appMesh(store) }) });
  const client = new AppMeshClient(local.config());
  await client.send(new CreateMeshCommand({ meshName: 'global' }));
  const spec = { listeners: [{ portMapping: { port: 9898, protocol: 'http' as const } }] };
  await client.send(new CreateVirtualRouterCommand({ ...names, spec }));
  const route = (routeName: string, spec: RouteSpec, tags = {}) =>
    client.send(new CreateRouteCommand({ ...names, routeName, spec, ...tags }));
  const update = (routeName: string, spec: RouteSpec, clientToken?: string) =>
    client.send(new UpdateRouteCommand({ ...names, routeName, spec, ...(clientToken && { clientToken }) }));
  const describe = async (routeName: string) =>
    (await client.send(new DescribeRouteCommand({ ...names, routeName }))).route;
  return { ...local, store, client, route, update, describe };
}

const http = (primary: number, canary: number): RouteSpec => ({
  httpRoute: {
    match: { prefix: '/' },
    action: {
      weightedTargets: [
        { virtualNode: 'podinfo-primary', weight: primary },
        { virtualNode: 'podinfo-canary', weight: canary },
      ],
    },
  },
});

describe('App Mesh routes', () => {
  test.each(Object.entries(ROUTES))('a %s route comes back exactly as it was written', async (name, spec) => {
    const { route, describe } = await mesh();
    await route(name, spec);
    expect((await describe(name))?.spec).toEqual(spec);
  });

  test('an update replaces the whole spec, counts the version up and keeps uid and creation', async () => {
    const { route, update, describe } = await mesh();
    const created = await route('podinfo', ROUTES.http as RouteSpec);
    await update('podinfo', http(90, 10));
    const now = await describe('podinfo');
    expect(now?.spec).toEqual(http(90, 10));
    expect(now?.metadata?.version).toBe(2);
    expect(now?.metadata?.uid).toBe(created.route?.metadata?.uid);
    expect(now?.metadata?.createdAt).toEqual(created.route?.metadata?.createdAt);
    expect(now?.metadata?.arn).toBe(
      `arn:aws:appmesh:${REGION}:${ACCOUNT}:mesh/global/virtualRouter/podinfo-router/route/podinfo`,
    );
  });

  test('the same client token with the same spec changes nothing, with another spec it is a conflict', async () => {
    const { route, update, describe } = await mesh();
    await route('podinfo', http(100, 0));
    const first = await update('podinfo', http(95, 5), 'step-1');
    const again = await update('podinfo', http(95, 5), 'step-1');
    expect(again.route).toEqual(first.route);
    await expect(update('podinfo', http(90, 10), 'step-1')).rejects.toMatchObject({
      name: 'ConflictException',
    });
    expect((await describe('podinfo'))?.metadata?.version).toBe(2);
  });

  test.each([
    ['a weight over 100', http(101, 0), /less than or equal to 100/],
    ['weights that add up to more than 100', http(60, 50), /at most 100, got 110/],
    ['a fraction', http(99.5, 0.5), /integer, got 99.5/],
    ['two kinds of route', { ...http(100, 0), ...ROUTES.tcp } as RouteSpec, /exactly one of/],
    ['no kind of route', {} as RouteSpec, /exactly one of/],
  ])('%s is refused and changes nothing', async (_, spec, message) => {
    const { route, update, describe } = await mesh();
    await route('podinfo', http(100, 0));
    await expect(update('podinfo', spec)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringMatching(message),
    });
    expect((await describe('podinfo'))?.metadata?.version).toBe(1);
  });

  test('a route that is not there, and a router that is not there, are not found', async () => {
    const { describe, client } = await mesh();
    await expect(describe('podinfo')).rejects.toMatchObject({
      name: 'NotFoundException',
      message: /podinfo/,
    });
    const create = client.send(
      new CreateRouteCommand({
        ...names,
        virtualRouterName: 'none',
        routeName: 'podinfo',
        spec: http(100, 0),
      }),
    );
    await expect(create).rejects.toMatchObject({ name: 'NotFoundException', message: /VirtualRouter.*none/ });
  });

  test('lists come in pages', async () => {
    const { route, client } = await mesh();
    for (const name of ['a', 'b', 'c']) await route(name, http(100, 0));
    const first = await client.send(new ListRoutesCommand({ ...names, limit: 2 }));
    expect(first.routes?.map(({ routeName }) => routeName)).toEqual(['a', 'b']);
    const second = await client.send(
      new ListRoutesCommand({ ...names, limit: 2, nextToken: first.nextToken }),
    );
    expect(second.routes?.map(({ routeName }) => routeName)).toEqual(['c']);
    expect(second.nextToken).toBeUndefined();
  });

  test('a virtual node that a route sends to cannot be deleted', async () => {
    const { route, client } = await mesh();
    const node = { meshName: 'global', virtualNodeName: 'podinfo-canary' };
    await client.send(new CreateVirtualNodeCommand({ ...node, spec: {} }));
    await route('podinfo', http(100, 0));
    await expect(client.send(new DeleteVirtualNodeCommand(node))).rejects.toMatchObject({
      name: 'ResourceInUseException',
    });
  });

  test('tags given at creation are read back', async () => {
    const { route, client } = await mesh();
    const tags = [{ key: 'stepcanary:stack', value: 'podinfo' }];
    const created = await route('podinfo', http(100, 0), { tags });
    const resourceArn = created.route?.metadata?.arn;
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual(tags);
    const none = client.send(new ListTagsForResourceCommand({ resourceArn: `${resourceArn}-2` }));
    await expect(none).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  test('observers and the state in process see each change of a route', async () => {
    const { route, update, store } = await mesh();
    const changes: RouteChange[] = [];
    store.onRouteChange((change) => changes.push(change));
    await route('podinfo', http(100, 0));
    await update('podinfo', http(95, 5));
    expect(changes.map((change) => targetsOf(change.route?.spec ?? {}).map(({ weight }) => weight))).toEqual([
      [100, 0],
      [95, 5],
    ]);
    const place = { account: ACCOUNT, region: REGION };
    expect(store.route(place, 'global', 'podinfo-router', 'podinfo')?.metadata.version).toBe(2);
  });

  test('another region and another account have meshes of their own', async () => {
    const { edge, config } = await mesh();
    const elsewhere = new AppMeshClient({ ...config(), endpoint: edge.endpoint, region: 'us-east-1' });
    await expect(
      elsewhere.send(new DescribeRouteCommand({ ...names, routeName: 'podinfo' })),
    ).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });
});
