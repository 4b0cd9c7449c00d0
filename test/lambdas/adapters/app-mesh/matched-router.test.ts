import {
  AppMeshClient,
  CreateRouteCommand,
  DescribeRouteCommand,
  ListTagsForResourceCommand,
  type RouteSpec,
  UpdateRouteCommand,
} from '@aws-sdk/client-app-mesh';
import { describe, expect, test } from 'vitest';
import { AppMeshMatchedRouter } from '../../../../lambdas/adapters/app-mesh/matched-router.ts';
import { appMesh } from '../../../../sandbox/aws/services/app-mesh/app-mesh.ts';
import { MeshStore } from '../../../../sandbox/aws/services/app-mesh/store.ts';
import { createMesh } from '../../../../sandbox/bootstrap/mesh.ts';
import { trafficRouterContract } from '../../../contracts/traffic-router.ts';
import { spec } from '../../../fakes/rollouts.ts';
import { localEdge, ownerCall } from '../../../sandbox/aws/local-edge.ts';

const ab = spec((written) => ({
  ...written,
  strategy: { ab: { iterations: 3, match: [{ headers: { 'X-Canary': { exact: 'insider' } } }] } },
}));
const { appMesh: mesh } = ab.router;
const CANARY = { primary: 0, canary: 100 };
const PRIMARY = { primary: 100, canary: 0 };
const MATCHED = 'podinfo-ab';
const WRITES = /^(Create|Update|Delete)Route$/;

/** A virtual router with the spec's route, and ways to act on it as somebody else would. */
const realRoutes = async () => {
  const behaviours = appMesh(new MeshStore());
  const { config, calls, faults } = await localEdge({ services: () => ({ appmesh: behaviours }) });
  const client = new AppMeshClient({ ...config(), maxAttempts: 1 });
  await createMesh(ab, async (operation, input) =>
    behaviours[operation]?.(input, ownerCall('appmesh', operation)),
  );
  const key = (routeName: string) => ({
    meshName: mesh.mesh,
    virtualRouterName: mesh.virtualRouter,
    routeName,
  });
  const specOf = (name: string) =>
    client.send(new DescribeRouteCommand(key(name))).then(
      ({ route }) => route?.spec,
      () => undefined,
    );
  const put = async (name: string, changed: RouteSpec) =>
    (await specOf(name)) === undefined
      ? client.send(new CreateRouteCommand({ ...key(name), spec: changed }))
      : client.send(new UpdateRouteCommand({ ...key(name), spec: changed }));
  const weigh = async (name: string, weights: Readonly<Record<string, number>>) => {
    const weightedTargets = Object.entries(weights).map(([virtualNode, weight]) => ({ virtualNode, weight }));
    const { httpRoute, ...rest } = (await specOf(name)) ?? {};
    await put(name, {
      ...rest,
      httpRoute: { match: { prefix: '/' }, ...httpRoute, action: { weightedTargets } },
    });
  };
  const written = () => calls.map(({ call }) => call.operation).filter((name) => WRITES.test(name));
  return { client, router: new AppMeshMatchedRouter(ab, client), key, specOf, put, weigh, written, faults };
};

const weightsIn = (route: RouteSpec | undefined) =>
  Object.fromEntries(
    (route?.httpRoute?.action?.weightedTargets ?? []).map(({ virtualNode, weight }) => [virtualNode, weight]),
  );
const onPrimary = { [mesh.primary]: 100, [mesh.canary]: 0 };
const onCanary = { [mesh.primary]: 0, [mesh.canary]: 100 };

describe('an App Mesh route for A/B', () => {
  trafficRouterContract(async () => {
    const { router, written, weigh } = await realRoutes();
    return {
      router,
      writes: async () => written().length,
      addStranger: (weight) =>
        weigh(mesh.route, { [mesh.primary]: 100 - weight, [mesh.canary]: 0, stranger: weight }),
    };
  });

  test('is made from the route of everybody, tried before it, tagged as ours, and taken away again (I4)', async () => {
    const { router, put, specOf, client, key } = await realRoutes();
    const everybody: RouteSpec = {
      priority: 20,
      httpRoute: {
        match: { prefix: '/api', headers: [{ name: 'x-team', match: { exact: 'a' } }] },
        action: {
          weightedTargets: [
            { virtualNode: mesh.primary, weight: 100, port: 9898 },
            { virtualNode: mesh.canary, weight: 0, port: 9898 },
          ],
        },
        retryPolicy: {
          maxRetries: 2,
          perRetryTimeout: { value: 250, unit: 'ms' },
          httpRetryEvents: ['server-error'],
        },
        timeout: { perRequest: { value: 3, unit: 's' } },
      },
    };
    await put(mesh.route, everybody);
    await router.shift(CANARY);
    const matched = await specOf(MATCHED);
    expect(matched?.priority).toBe(19);
    expect(matched?.httpRoute?.match).toEqual({
      prefix: '/api',
      headers: [
        { name: 'x-team', match: { exact: 'a' } },
        { name: 'x-canary', match: { exact: 'insider' } },
      ],
    });
    expect(matched?.httpRoute?.retryPolicy).toEqual(everybody.httpRoute?.retryPolicy);
    expect(matched?.httpRoute?.timeout).toEqual(everybody.httpRoute?.timeout);
    expect(matched?.httpRoute?.action?.weightedTargets).toEqual([
      { virtualNode: mesh.primary, weight: 0, port: 9898 },
      { virtualNode: mesh.canary, weight: 100, port: 9898 },
    ]);
    const { route } = await client.send(new DescribeRouteCommand(key(MATCHED)));
    const { tags } = await client.send(
      new ListTagsForResourceCommand({ resourceArn: route?.metadata?.arn ?? '' }),
    );
    expect(tags).toEqual([{ key: 'stepcanary:service', value: 'podinfo@prod-eu' }]);

    await router.shift(PRIMARY);
    expect(await specOf(MATCHED)).toBeUndefined();
    expect(await specOf(mesh.route)).toEqual(everybody);
  });

  test('does not touch the route of everybody, and empties its own before it takes it away', async () => {
    const { router, written } = await realRoutes();
    const before = written().length;
    await router.shift(CANARY);
    await router.shift({ primary: 50, canary: 50 });
    await router.shift(PRIMARY);
    expect(written().slice(before)).toEqual(['CreateRoute', 'UpdateRoute', 'UpdateRoute', 'DeleteRoute']);
  });

  test('tells, and takes back, what somebody gave the canary of the route of everybody', async () => {
    const { router, weigh, specOf } = await realRoutes();
    await router.shift(CANARY);
    await weigh(mesh.route, { [mesh.primary]: 70, [mesh.canary]: 30 });
    await expect(router.read()).resolves.toMatchObject({
      weights: CANARY,
      rest: { primary: 70, canary: 30 },
    });
    await expect(router.verify(CANARY)).resolves.toBe(false);
    await router.shift(CANARY);
    expect(weightsIn(await specOf(mesh.route))).toEqual(onPrimary);
  });

  test('gives everybody the canary where that is the safe side, and no requests a route of their own (I1)', async () => {
    const { router, specOf } = await realRoutes();
    await router.shift(CANARY);
    await expect(router.hasAll('canary')).resolves.toBe(false);
    await router.restore(CANARY);
    await expect(router.hasAll('canary')).resolves.toBe(true);
    expect(weightsIn(await specOf(mesh.route))).toEqual(onCanary);
    expect(await specOf(MATCHED)).toBeUndefined();
    // What the machine wanted of the matched requests holds, so nobody sets anything back.
    await expect(router.verify(CANARY)).resolves.toBe(true);
  });

  test('a restore that is cut off leaves its requests with the primary, and the next one ends it', async () => {
    const { router, specOf, faults } = await realRoutes();
    await router.shift(CANARY);
    faults.arm({ call: 'appmesh.DeleteRoute', error: 'InternalServerErrorException' });
    await expect(router.restore(PRIMARY)).rejects.toMatchObject({ name: 'Canary.Transient' });
    expect(weightsIn(await specOf(MATCHED))).toEqual(onPrimary);
    await expect(router.hasAll('primary')).resolves.toBe(false);
    await router.restore(PRIMARY);
    expect(await specOf(MATCHED)).toBeUndefined();
    await expect(router.hasAll('primary')).resolves.toBe(true);
  });

  test('a lost answer to making it is no harm: it is there by its name', async () => {
    const { router, faults } = await realRoutes();
    faults.arm({ call: 'appmesh.CreateRoute', error: 'InternalServerErrorException', when: 'after' });
    await expect(router.shift(CANARY)).rejects.toMatchObject({ name: 'Canary.Transient' });
    await router.shift(CANARY);
    await expect(router.verify(CANARY)).resolves.toBe(true);
  });

  const goals = {
    'given the canary': async (router: AppMeshMatchedRouter) => router.shift(CANARY),
    'given back': async (router: AppMeshMatchedRouter) => router.shift(PRIMARY),
    'restored to the primary': async (router: AppMeshMatchedRouter) => router.restore(PRIMARY),
    'restored to the canary': async (router: AppMeshMatchedRouter) => router.restore(CANARY),
  };
  const calls = ['DescribeRoute', 'ListTagsForResource', 'CreateRoute', 'UpdateRoute', 'DeleteRoute'];
  const outcome = async (
    goal: keyof typeof goals,
    cut?: { call: string; when: 'before' | 'after'; times: number },
  ) => {
    const { router, specOf, faults } = await realRoutes();
    if (goal !== 'given the canary') await router.shift(CANARY);
    if (cut !== undefined)
      faults.arm({
        call: `appmesh.${cut.call}`,
        error: 'InternalServerErrorException',
        when: cut.when,
        times: cut.times,
      });
    for (let tries = 0; tries < 4; tries++) {
      const done = await goals[goal](router).then(
        () => true,
        () => false,
      );
      if (done) break;
    }
    return { everybody: weightsIn(await specOf(mesh.route)), matched: weightsIn(await specOf(MATCHED)) };
  };

  test.each(Object.keys(goals) as (keyof typeof goals)[])(
    'its requests are %s however often the calls for it are cut, before or after their effect (I1, I5)',
    async (goal) => {
      const wanted = await outcome(goal);
      for (const call of calls)
        for (const when of ['before', 'after'] as const)
          for (const times of [1, 2])
            expect([call, when, times, await outcome(goal, { call, when, times })]).toEqual([
              call,
              when,
              times,
              wanted,
            ]);
    },
  );

  test('leaves alone a route of that name which nobody of ours has made (I4)', async () => {
    const { router, put, specOf, weigh } = await realRoutes();
    const theirs = await specOf(mesh.route);
    await put(MATCHED, { ...theirs, priority: 3 });
    await weigh(MATCHED, onCanary);
    for (const act of [() => router.read(), () => router.shift(CANARY), () => router.shift(PRIMARY)])
      await expect(act()).rejects.toMatchObject({
        name: 'Canary.RouteChanged',
        message: expect.stringContaining('no rollout of podinfo@prod-eu has made it'),
      });
    await router.restore(PRIMARY);
    await expect(router.hasAll('primary')).resolves.toBe(true);
    expect(weightsIn(await specOf(MATCHED))).toEqual(onCanary);
  });
});

describe('what stands in the way of A/B is said before anything is written', () => {
  const http = (change: object, priority?: number): RouteSpec => ({
    ...(priority !== undefined && { priority }),
    httpRoute: {
      match: { prefix: '/', ...change },
      action: {
        weightedTargets: [
          { virtualNode: mesh.primary, weight: 100 },
          { virtualNode: mesh.canary, weight: 0 },
        ],
      },
    },
  });
  const tcp: RouteSpec = { tcpRoute: { action: http({}).httpRoute?.action } };
  const headers = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `x-${index}`, match: { exact: 'a' } }));

  test.each<[string, RouteSpec, Readonly<Record<string, RouteSpec>>, readonly string[]]>([
    ['nothing', http({}, 10), { other: http({}, 8), last: http({}) }, []],
    [
      'a TCP route',
      tcp,
      {},
      ['route podinfo is no HTTP or HTTP/2 route, and no other can be matched by headers'],
    ],
    [
      'priority 0',
      http({}, 0),
      {},
      ['route podinfo has priority 0, so no route can be tried before it; give it a higher number'],
    ],
    [
      'a neighbour',
      http({}, 10),
      { other: http({ prefix: '/admin' }, 9) },
      ['route podinfo is tried right after other, which has priority 9; leave a number free between them'],
    ],
    [
      'two routes without priority',
      http({}),
      { other: http({ prefix: '/admin' }) },
      [
        'neither route podinfo nor other has a priority, so the one for A/B would be tried before both; give podinfo one',
      ],
    ],
    [
      'a header of its own',
      http({ headers: [{ name: 'X-Canary', match: { exact: 'b' } }] }),
      {},
      [
        'route podinfo matches the header X-Canary itself, so strategy.ab.match cannot; leave it out of one of the two',
      ],
    ],
    [
      'many headers',
      http({ headers: headers(10) }),
      {},
      ['route podinfo and strategy.ab.match have 11 headers together, and a route takes 10; leave some out'],
    ],
  ])('%s', async (_, everybody, others, obstacles) => {
    const { router, put } = await realRoutes();
    await put(mesh.route, everybody);
    for (const [name, other] of Object.entries(others)) await put(name, other);
    await expect(router.obstacles()).resolves.toEqual(obstacles);
  });
});
