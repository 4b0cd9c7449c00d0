import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../sandbox/aws/services/app-mesh/kinds.ts';
import { MeshStore, targetsOf } from '../../../sandbox/aws/services/app-mesh/store.ts';
import { meshStoreApi } from '../../../sandbox/kubernetes/appmesh/mesh-store-api.ts';
import type { MeshApi } from '../../../sandbox/kubernetes/server.ts';
import { MERGE, namespace, startCluster } from './cluster.ts';

/** An App Mesh API in memory that remembers what was written. */
const memoryMesh = () => {
  const specs = new Map<string, unknown>();
  const writes: string[] = [];
  const keyOf = (kind: string, path: readonly string[]) => `${kind}/${path.join('/')}`;
  const api: MeshApi = {
    spec: (kind, path) => specs.get(keyOf(kind, path)),
    put: (kind, path, spec) => {
      specs.set(keyOf(kind, path), spec);
      writes.push(keyOf(kind, path));
      return `arn:aws:appmesh:eu-west-1:123456789012:${keyOf(kind, path)}`;
    },
    remove: (kind, path) => {
      specs.delete(keyOf(kind, path));
    },
    routes: (mesh, router) => {
      const prefix = keyOf('route', [mesh, router, '']);
      return [...specs.keys()].filter((it) => it.startsWith(prefix)).map((it) => it.slice(prefix.length));
    },
  };
  return { api, specs, writes };
};

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: 'appmesh.k8s.aws/v1beta2',
  kind,
  metadata: { name, ...(kind !== 'Mesh' && { namespace: 'test' }) },
  spec,
});
const mesh = object('Mesh', 'global', { namespaceSelector: { matchLabels: { mesh: 'global' } } });
const node = (name: string) =>
  object('VirtualNode', name, {
    podSelector: { matchLabels: { app: name } },
    listeners: [{ portMapping: { port: 9898, protocol: 'http' } }],
    serviceDiscovery: { dns: { hostname: `${name}.test` } },
  });
const route = (primary: number, canary: number) => ({
  name: 'podinfo',
  httpRoute: {
    match: { prefix: '/' },
    retryPolicy: { maxRetries: 1, httpRetryEvents: ['server-error'] },
    action: {
      weightedTargets: [
        { virtualNodeRef: { name: 'podinfo-primary' }, weight: primary },
        { virtualNodeRef: { name: 'podinfo-canary' }, weight: canary },
      ],
    },
  },
});
const router = object('VirtualRouter', 'podinfo', {
  listeners: [{ portMapping: { port: 9898, protocol: 'http' } }],
  routes: [route(100, 0)],
});
const ROUTE = 'route/global/podinfo_test/podinfo';
const ROUTER_PATH = '/apis/appmesh.k8s.aws/v1beta2/namespaces/test/virtualrouters/podinfo';

const weightsOf = (spec: unknown) =>
  (
    spec as { httpRoute: { action: { weightedTargets: { virtualNode: string; weight: number }[] } } }
  ).httpRoute.action.weightedTargets.map(({ virtualNode, weight }) => [virtualNode, weight]);

const start = async (...objects: object[]) => {
  const { api, specs, writes } = memoryMesh();
  const cluster = await startCluster({ mesh: api });
  cluster.apply([namespace({ mesh: 'global' }), mesh, ...objects]);
  await cluster.advance(1);
  return { ...cluster, specs, writes };
};

describe('the App Mesh controller', () => {
  it('keeps the API as the resources say, with names in the place of references', async () => {
    const cluster = await start(node('podinfo-primary'), node('podinfo-canary'), router);
    expect(cluster.specs.get(ROUTE)).toEqual({
      httpRoute: {
        match: { prefix: '/' },
        retryPolicy: { maxRetries: 1, httpRetryEvents: ['server-error'] },
        action: {
          weightedTargets: [
            { virtualNode: 'podinfo-primary_test', weight: 100 },
            { virtualNode: 'podinfo-canary_test', weight: 0 },
          ],
        },
      },
    });
    expect(cluster.specs.get('virtualNode/global/podinfo-canary_test')).toEqual({
      listeners: [{ portMapping: { port: 9898, protocol: 'http' } }],
      serviceDiscovery: { dns: { hostname: 'podinfo-canary.test' } },
    });
    expect(cluster.get('virtualrouter', 'test', 'podinfo')).toMatchObject({
      spec: { awsName: 'podinfo_test', meshRef: { name: 'global' } },
      status: {
        observedGeneration: 1,
        conditions: [{ type: 'VirtualRouterActive', status: 'True' }],
        routeARNs: { podinfo: expect.stringContaining('podinfo_test/podinfo') },
      },
    });
  });

  it('carries changed weights over and says so by observedGeneration', async () => {
    const cluster = await start(node('podinfo-primary'), node('podinfo-canary'), router);
    await cluster.call('PATCH', ROUTER_PATH, { spec: { routes: [route(95, 5)] } }, MERGE);
    expect(cluster.get('virtualrouter', 'test', 'podinfo')).toMatchObject({
      metadata: { generation: 2 },
      status: { observedGeneration: 1 },
    });
    await cluster.advance(1);
    expect(weightsOf(cluster.specs.get(ROUTE))).toEqual([
      ['podinfo-primary_test', 95],
      ['podinfo-canary_test', 5],
    ]);
    expect(cluster.get('virtualrouter', 'test', 'podinfo')).toMatchObject({
      status: { observedGeneration: 2 },
    });
  });

  it.each([
    ['a label that somebody sets', { metadata: { labels: { seen: 'yes' } } }, 1],
    ['the resync after ten hours', undefined, 36_001],
  ])('takes back what was written by API, at %s', async (_, patch, seconds) => {
    const cluster = await start(node('podinfo-primary'), node('podinfo-canary'), router);
    const byApi = structuredClone(cluster.specs.get(ROUTE)) as ReturnType<typeof route>;
    byApi.httpRoute.action.weightedTargets.forEach((target) => {
      target.weight = 50;
    });
    cluster.specs.set(ROUTE, byApi);
    cluster.specs.set(`${ROUTE}-ab`, {});
    await cluster.advance(600);
    expect(weightsOf(cluster.specs.get(ROUTE)).map(([, weight]) => weight)).toEqual([50, 50]);
    if (patch !== undefined) await cluster.call('PATCH', ROUTER_PATH, patch, MERGE);
    await cluster.advance(seconds);
    expect(weightsOf(cluster.specs.get(ROUTE)).map(([, weight]) => weight)).toEqual([100, 0]);
    expect(cluster.specs.has(`${ROUTE}-ab`)).toBe(false);
  });

  it('writes nothing when nothing differs', async () => {
    const cluster = await start(node('podinfo-primary'), node('podinfo-canary'), router);
    const before = cluster.writes.length;
    await cluster.call('PATCH', ROUTER_PATH, { metadata: { labels: { seen: 'yes' } } }, MERGE);
    await cluster.advance(60);
    expect(cluster.writes).toHaveLength(before);
  });

  it('tells a missing node as ReconcileError, and goes on when the node has come', async () => {
    const cluster = await start(node('podinfo-primary'), router);
    expect(cluster.specs.has(ROUTE)).toBe(false);
    expect(cluster.list('event', 'test')).toContainEqual(
      expect.objectContaining({
        reason: 'ReconcileError',
        message: 'failed to resolve virtualNodeRef: VirtualNode "test/podinfo-canary" not found',
      }),
    );
    cluster.apply(node('podinfo-canary'));
    await cluster.advance(1);
    expect(cluster.specs.has(ROUTE)).toBe(true);
  });

  it('refuses resources of a namespace without a mesh, and another AWS name', async () => {
    const cluster = await start(node('podinfo-primary'), node('podinfo-canary'), router);
    cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    const elsewhere = { ...router, metadata: { name: 'podinfo', namespace: 'other' } };
    expect(() => cluster.apply(elsewhere)).toThrow(
      'failed to find matching mesh for namespace: other, expecting 1 but found 0',
    );
    const { code, body } = await cluster.call('PATCH', ROUTER_PATH, { spec: { awsName: 'x' } }, MERGE);
    expect({ code, message: body.message }).toEqual({
      code: 403,
      message: expect.stringContaining('may not update these fields: spec.awsName'),
    });
  });

  it('takes router and routes away with the resource', async () => {
    const cluster = await start(node('podinfo-primary'), node('podinfo-canary'), router);
    await cluster.call('DELETE', ROUTER_PATH);
    expect([...cluster.specs.keys()].filter((key) => key.includes('podinfo_test'))).toEqual([]);
  });
});

describe("the controller over the sandbox's own App Mesh", () => {
  const place = { account: '123456789012', region: 'eu-west-1' };
  const startOnStore = async () => {
    const store = new MeshStore();
    const cluster = await startCluster({ mesh: meshStoreApi(store, place, { now: () => 0 }) });
    cluster.apply([
      namespace({ mesh: 'global' }),
      mesh,
      node('podinfo-primary'),
      node('podinfo-canary'),
      router,
    ]);
    await cluster.advance(1);
    const weights = () =>
      targetsOf(store.route(place, 'global', 'podinfo_test', 'podinfo')?.spec ?? {}).map(
        ({ weight }) => weight,
      );
    return { ...cluster, store, weights };
  };

  it('wins over an API write at its next reconcile', async () => {
    const { store, weights, call, advance } = await startOnStore();
    const written = structuredClone(store.route(place, 'global', 'podinfo_test', 'podinfo')?.spec);
    for (const target of targetsOf(written ?? {})) Object.assign(target, { weight: 50 });
    store.put(place, KINDS.route, ['global', 'podinfo_test', 'podinfo'], written, 0);
    expect(weights()).toEqual([50, 50]);
    await call('PATCH', ROUTER_PATH, { metadata: { annotations: { a: 'b' } } }, MERGE);
    await advance(1);
    expect(weights()).toEqual([100, 0]);
  });

  it('tells what the API refuses, and leaves the route as it was', async () => {
    const { weights, call, advance, list } = await startOnStore();
    await call('PATCH', ROUTER_PATH, { spec: { routes: [route(90, 20)] } }, MERGE);
    await advance(1);
    expect(weights()).toEqual([100, 0]);
    const messages = list('event', 'test').map((it) => (it as { message?: string }).message);
    expect(messages).toContainEqual(
      expect.stringContaining('total weight of all targets must be at most 100, got 110'),
    );
  });
});
