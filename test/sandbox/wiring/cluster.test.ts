import { afterEach, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import type { SandboxOptions } from '../../../sandbox/options.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';

const START = Date.UTC(2030, 0, 1);
const started: Sandbox[] = [];
afterEach(() => Promise.all(started.splice(0).map((sandbox) => sandbox.close())));

const start = async (options: Partial<SandboxOptions> = {}) => {
  const clock = new VirtualClock(START);
  const sandbox = await startSandbox({ clock, virtual: true, port: 0, ...options });
  started.push(sandbox);
  const pass = (seconds: number) => clock.run(clock.now() + seconds * 1000);
  return { sandbox, pass };
};

const meta = (name: string) => ({ name, namespace: 'shop' });
const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { mesh: 'global' } },
};
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta('web'),
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'registry/web:1' }] },
    },
  },
};

const appMesh = (kind: string, name: string, spec: object) => ({
  apiVersion: 'appmesh.k8s.aws/v1beta2',
  kind,
  metadata: kind === 'Mesh' ? { name } : meta(name),
  spec,
});
const listeners = [{ portMapping: { port: 80, protocol: 'http' } }];
const node = (name: string) =>
  appMesh('VirtualNode', name, { listeners, serviceDiscovery: { dns: { hostname: `${name}.shop` } } });
const route = (weight: number) => ({
  name: 'web',
  httpRoute: {
    match: { prefix: '/' },
    action: {
      weightedTargets: [
        { virtualNodeRef: { name: 'one' }, weight: 100 - weight },
        { virtualNodeRef: { name: 'two' }, weight },
      ],
    },
  },
});

it('the App Mesh controller keeps the API as the resources say, whatever was written there meanwhile', async () => {
  const { sandbox, pass } = await start();
  sandbox.kubernetes.apply([
    namespace,
    appMesh('Mesh', 'global', { namespaceSelector: { matchLabels: { mesh: 'global' } } }),
    node('one'),
    node('two'),
    appMesh('VirtualRouter', 'web', { listeners, routes: [route(5)] }),
  ]);
  await pass(1);
  const key = { meshName: 'global', virtualRouterName: 'web_shop', routeName: 'web' };
  const weights = async () => {
    const { route: found } = await sandbox.call('appmesh', 'DescribeRoute', key);
    type Found = { spec: { httpRoute: { action: { weightedTargets: { weight: number }[] } } } };
    return (found as Found).spec.httpRoute.action.weightedTargets.map(({ weight }) => weight);
  };
  expect(await weights()).toEqual([95, 5]);
  const weightedTargets = [{ virtualNode: 'one_shop', weight: 1 }];
  const spec = { httpRoute: { match: { prefix: '/' }, action: { weightedTargets } } };
  await sandbox.call('appmesh', 'UpdateRoute', { ...key, spec });
  await sandbox.call('appmesh', 'CreateRoute', { ...key, routeName: 'by-hand', spec });
  expect(await weights()).toEqual([1]);
  const router = { kind: 'VirtualRouter', namespace: 'shop', name: 'web' };
  sandbox.kubernetes.edit(router, { metadata: { annotations: { touched: 'yes' } } });
  await pass(1);
  expect(await weights()).toEqual([95, 5]);
  const { routes } = await sandbox.call('appmesh', 'ListRoutes', key);
  expect((routes as { routeName: string }[]).map(({ routeName }) => routeName)).toEqual(['web']);
});

it('admission policies deny what their expressions refuse', async () => {
  const { sandbox } = await start();
  const rule = {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    operations: ['UPDATE'],
    resources: ['deployments'],
  };
  const validations = [{ expression: 'object.spec.replicas <= 3', message: 'three pods at most' }];
  const admission = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'few' } };
  sandbox.kubernetes.apply([
    namespace,
    deployment,
    {
      ...admission,
      kind: 'ValidatingAdmissionPolicy',
      spec: { matchConstraints: { resourceRules: [rule] }, validations },
    },
    {
      ...admission,
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName: 'few', validationActions: ['Deny'] },
    },
  ]);
  const scale = (replicas: number) =>
    sandbox.kubernetes.edit({ kind: 'Deployment', ...meta('web') }, { spec: { replicas } });
  expect(scale(3).spec).toMatchObject({ replicas: 3 });
  expect(() => scale(4)).toThrow(
    "ValidatingAdmissionPolicy 'few' with binding 'few' denied request: three pods at most",
  );
});

it('an autoscaler goes by the load that is measured for it', async () => {
  const { sandbox, pass } = await start({ load: ({ name }) => (name === 'web' ? 200 : undefined) });
  const target = { type: 'Utilization', averageUtilization: 100 };
  sandbox.kubernetes.apply([
    namespace,
    deployment,
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: meta('web'),
      spec: {
        maxReplicas: 6,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
      },
    },
  ]);
  await pass(40);
  expect(sandbox.kubernetes.get('Deployment', 'shop', 'web')?.spec).toMatchObject({ replicas: 6 });
});
