import { expect, test } from 'vitest';
import { checkWorkload } from '../../../../lambdas/check-workload.ts';
import { namespace } from '../../../sandbox/kubernetes/cluster.ts';
import { manifest, startWorld, type World } from './world.ts';

const refusal = async (world: World, api = world.api): Promise<string[]> => {
  const error = await checkWorkload(api)(world.task()).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  expect(error).toMatchObject({ name: 'Canary.Refused' });
  return (error?.message ?? '').split(/\n(?=workload|router)/);
};

test('a workload as the spec says has its replicas noted as the floor, and nothing is written', async () => {
  const world = await startWorld({ primary: 3 });
  const before = ['podinfo', 'podinfo-primary'].map((name) => world.named(name).metadata.resourceVersion);
  const { floor } = await checkWorkload(world.api)(world.task());
  expect(floor).toBe(3);
  const after = ['podinfo', 'podinfo-primary'].map((name) => world.named(name).metadata.resourceVersion);
  expect(after).toEqual(before);
});

test('all problems come at once, each with what to do', async () => {
  const pod = {
    containers: [
      { name: 'web', image: 'registry/podinfo:6.0.0' },
      { name: 'log', image: 'log' },
    ],
  };
  const paused = { paused: true, selector: { matchLabels: { tier: 'front' } } };
  const world = await startWorld({ primary: 0 });
  await world.call('DELETE', '/apis/apps/v1/namespaces/test/deployments/podinfo');
  await world.advance(1);
  world.apply([
    manifest('podinfo', 0, { pod, spec: paused, labels: { tier: 'front', app: 'podinfo-primary' } }) as never,
  ]);
  const problems = await refusal(world);
  expect(problems.filter((it) => it.includes('has no container podinfod; it has web, log'))).toHaveLength(1);
  expect(problems.join('\n')).toContain('kubectl rollout resume deployment/podinfo');
  expect(problems.join('\n')).toContain('podinfo-primary has 0 replicas');
  expect(problems.join('\n')).toContain('selector of podinfo-primary selects the pods of podinfo too');
});

test('a Deployment that is not there is named', async () => {
  const world = await startWorld();
  await world.call('DELETE', '/apis/apps/v1/namespaces/test/deployments/podinfo');
  await world.advance(1);
  expect(await refusal(world)).toEqual([
    'workload.canary: there is no Deployment podinfo in namespace test; create it, or name another',
  ]);
});

test.each([
  ['primary', 'podinfo-primary'],
  ['canary', 'podinfo'],
])('a %s that stops all of its pods to roll is refused', async (side, name) => {
  const world = await startWorld();
  const strategy = { type: 'Recreate', rollingUpdate: null };
  await world.api.patchDeployment(name, { type: 'merge', body: { spec: { strategy } } });
  await world.advance(10);
  expect(await refusal(world)).toEqual([
    `workload.${side}: the Deployment ${name} has spec.strategy.type Recreate, which takes all of its pods away at once; set it to RollingUpdate`,
  ]);
});

test('a primary that is not all there, and one outside the mesh, are refused', async () => {
  const broken = await startWorld({ manifests: [] });
  broken.apply([
    manifest('podinfo-primary', 6, {
      pod: { containers: [{ name: 'podinfod', image: 'registry/podinfo:never-ready' }] },
    }) as never,
  ]);
  await broken.advance(5);
  expect((await refusal(broken))[0]).toMatch(/only \d of 6 pods of podinfo-primary are available/);
  const outside = await startWorld();
  outside.apply([
    namespace({}) as never,
    manifest('podinfo-primary', 4, { labels: { rolled: 'again' } }) as never,
  ]);
  outside.apply([
    { ...namespace({ 'appmesh.k8s.aws/sidecarInjectorWebhook': 'disabled' }) } as never,
    manifest('podinfo-primary', 4, { labels: { rolled: 'twice' } }) as never,
  ]);
  await outside.advance(120);
  expect((await refusal(outside))[0]).toContain('is not in the mesh');
});

const rules = (verbs: string[]) => [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'rollout', namespace: 'test' },
    rules: [
      { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs },
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
      { apiGroups: ['appmesh.k8s.aws'], resources: ['virtualrouters'], verbs: ['list'] },
      { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['get', 'list'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'rollout', namespace: 'test' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'rollout:podinfo' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'rollout' },
  },
];

test('missing access is found out before anything is written, reading and writing alike', async () => {
  const world = await startWorld();
  const robot = world.apiAs('robot');
  const blind = await refusal(world, robot);
  expect(blind).toHaveLength(3);
  expect(blind[0]).toMatch(/^workload.primary: deployments.apps .* is forbidden.*RoleBinding/);
  world.apply(rules(['get', 'list']) as never);
  const readOnly = await refusal(world, robot);
  expect(readOnly).toHaveLength(2);
  expect(readOnly[0]).toContain('cannot patch resource "deployments"');
  world.apply(rules(['get', 'list', 'patch']) as never);
  expect((await checkWorkload(robot)(world.task())).floor).toBe(4);
});

test('a GitOps controller that owns what a rollout writes is refused, until it leaves it alone', async () => {
  const world = await startWorld();
  world.apply([manifest('podinfo', 0) as never], { fieldManager: 'argocd-controller' });
  const [problem = ''] = await refusal(world);
  expect(problem).toContain('argocd-controller owns spec.replicas and image of container podinfod');
  expect(problem).toContain('RespectIgnoreDifferences=true');
  world.apply(
    [
      manifest('podinfo', 0, {
        metadata: { annotations: { 'stepcanary/shared-with': 'argocd-controller' } },
      }) as never,
    ],
    { fieldManager: 'argocd-controller' },
  );
  expect((await checkWorkload(world.api)(world.task())).floor).toBe(4);
});

test.each([
  ['podinfo-router', {}],
  ['podinfo', { awsName: 'podinfo-router' }],
])('a route that the App Mesh controller manages is refused (%s %o)', async (name, names) => {
  const world = await startWorld();
  const router = (spec: object, called: string) => ({
    apiVersion: 'appmesh.k8s.aws/v1beta2',
    kind: 'VirtualRouter',
    metadata: { name: called, namespace: 'test' },
    spec,
  });
  world.apply([router({}, 'another') as never, router(names, name) as never]);
  const { spec } = world.rollout;
  const virtualRouter = 'awsName' in names ? 'podinfo-router' : 'podinfo-router_test';
  const appMesh = { ...spec.router.appMesh, virtualRouter };
  const rollout = { ...world.rollout, spec: { ...spec, router: { ...spec.router, appMesh } } };
  await expect(checkWorkload(world.api)({ ...world.task(), rollout })).rejects.toMatchObject({
    name: 'Canary.Refused',
    message: expect.stringContaining('managed by the App Mesh controller'),
  });
});
