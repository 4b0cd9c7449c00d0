import { describe, expect, it } from 'vitest';
import {
  DEPLOYMENT_PATH,
  imagePatch,
  MERGE,
  namespace,
  podinfo,
  STRATEGIC,
  startCluster,
  startPodinfo,
} from './cluster.ts';

const ROBOT = { ...STRATEGIC, token: 'robot' };
const role = (rules: object[]) => [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'rollout', namespace: 'test' },
    rules,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'rollout', namespace: 'test' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'rollout' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'rollout:podinfo' }],
  },
];
const patchRule = {
  apiGroups: ['apps'],
  resources: ['deployments'],
  verbs: ['get', 'patch'],
  resourceNames: ['podinfo'],
};

const review = (verb: string, name: string) => ({
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes: { verb, group: 'apps', resource: 'deployments', namespace: 'test', name } },
});

describe('RBAC', () => {
  it('refuses in the words of Kubernetes what nothing allows', async () => {
    const cluster = await startPodinfo();
    const { code, body } = await cluster.call('PATCH', DEPLOYMENT_PATH, imagePatch('x:1'), ROBOT);
    expect(code).toBe(403);
    expect(body.message).toBe(
      'deployments.apps "podinfo" is forbidden: User "robot" cannot patch resource "deployments" in API group "apps" in the namespace "test"',
    );
    const nodes = await cluster.call('GET', '/api/v1/namespaces', undefined, ROBOT);
    expect(nodes.body.message).toBe(
      'namespaces is forbidden: User "robot" cannot list resource "namespaces" in API group "" at the cluster scope',
    );
  });

  it('allows by group exactly the named objects, verbs and subresources', async () => {
    const cluster = await startPodinfo();
    cluster.apply(role([patchRule]));
    const codeOf = async (method: string, path: string, body?: object) =>
      (await cluster.call(method, path, body, ROBOT)).code;
    expect(await codeOf('GET', DEPLOYMENT_PATH)).toBe(200);
    expect(await codeOf('PATCH', DEPLOYMENT_PATH, imagePatch('registry/podinfo:6.0.1'))).toBe(200);
    expect(await codeOf('GET', DEPLOYMENT_PATH.replace(/podinfo$/, 'other'))).toBe(403);
    expect(await codeOf('GET', DEPLOYMENT_PATH.replace(/\/podinfo$/, ''))).toBe(403);
    expect(await codeOf('PATCH', `${DEPLOYMENT_PATH}/scale`, { spec: { replicas: 0 } })).toBe(403);
    expect(await codeOf('DELETE', DEPLOYMENT_PATH)).toBe(403);
    expect(await codeOf('GET', DEPLOYMENT_PATH.replace('/test/', '/default/'))).toBe(403);
  });

  it('answers access reviews as it decides', async () => {
    const cluster = await startPodinfo();
    cluster.apply(role([patchRule]));
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const allowed = async (verb: string, name: string) =>
      (await cluster.call('POST', path, review(verb, name), ROBOT)).body.status.allowed;
    expect([
      await allowed('patch', 'podinfo'),
      await allowed('patch', 'other'),
      await allowed('delete', 'podinfo'),
    ]).toEqual([true, false, false]);
  });

  it('answers 401 to a token that nobody has', async () => {
    const cluster = await startPodinfo();
    const { code, body } = await cluster.call('GET', DEPLOYMENT_PATH, undefined, { token: 'expired' });
    expect({ code, reason: body.reason }).toEqual({ code: 401, reason: 'Unauthorized' });
  });
});

describe('armed faults', () => {
  it.each([
    ['TooManyRequests', 429],
    ['ServiceUnavailable', 503],
    ['InternalError', 500],
    ['Conflict', 409],
  ])('answers %s once with %i, and nothing is written', async (error, code) => {
    const cluster = await startPodinfo();
    cluster.faults.arm({ call: 'kubernetes.patch.deployments', error });
    const patch = () => cluster.call('PATCH', DEPLOYMENT_PATH, { spec: { replicas: 3 } }, MERGE);
    expect(await patch()).toMatchObject({ code, body: { kind: 'Status', reason: error } });
    expect(cluster.deployment().spec.replicas).toBe(4);
    expect((await patch()).code).toBe(200);
  });

  it('after the effect: the write is stored, its answer is lost', async () => {
    const cluster = await startPodinfo();
    cluster.faults.arm({ call: 'kubernetes.patch.deployments', error: 'reset', when: 'after' });
    await expect(
      cluster.call('PATCH', DEPLOYMENT_PATH, { spec: { replicas: 3 } }, MERGE),
    ).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(cluster.deployment().spec.replicas).toBe(3);
  });

  it('a hang is reported and never answered', async () => {
    const parked: string[] = [];
    const cluster = await startCluster({ onParked: (call) => parked.push(call) });
    cluster.apply([namespace(), podinfo()]);
    cluster.faults.arm({ call: 'kubernetes.get.deployments', error: 'hang' });
    let answered = false;
    const call = cluster.call('GET', DEPLOYMENT_PATH).then(
      () => {
        answered = true;
      },
      () => {},
    );
    while (parked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect({ parked, answered }).toEqual({ parked: ['kubernetes.get.deployments'], answered: false });
    await cluster.close();
    await call;
    expect(answered).toBe(false);
  });
});
