import { describe, expect, test } from 'vitest';
import { APPLY, MERGE, namespace, podinfo, startCluster } from './cluster.ts';

const CONFIG_MAPS = '/api/v1/namespaces/test/configmaps';
const SECRETS = '/api/v1/namespaces/test/secrets';
const configMap = (name: string, data: object, more = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
  ...more,
});

const start = async () => {
  const cluster = await startCluster();
  cluster.apply(namespace());
  return cluster;
};

describe('a Secret', () => {
  test('keeps what is written as text in base64, over what was there', async () => {
    const { call } = await start();
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' } };
    const made = await call('POST', SECRETS, {
      ...secret,
      data: { a: 'b2xk', b: 'Yg==' },
      stringData: { a: 'new' },
    });
    expect(made.body).toMatchObject({ type: 'Opaque', data: { a: 'bmV3', b: 'Yg==' } });
    expect(made.body).not.toHaveProperty('stringData');
  });

  test('has values in base64 only, and one type', async () => {
    const { call } = await start();
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' } };
    const plain = await call('POST', SECRETS, { ...secret, data: { a: 'not base64!' } });
    expect(plain).toMatchObject({ code: 422, body: { reason: 'Invalid' } });
    await call('POST', SECRETS, secret);
    const other = await call('PATCH', `${SECRETS}/token`, { type: 'kubernetes.io/tls' }, MERGE);
    expect(other.body.message).toContain('type: Invalid value: "kubernetes.io/tls": field is immutable');
  });
});

test('an immutable ConfigMap is changed no more', async () => {
  const { call } = await start();
  await call('POST', CONFIG_MAPS, configMap('fixed', { color: 'red' }, { immutable: true }));
  const changed = await call('PATCH', `${CONFIG_MAPS}/fixed`, { data: { color: 'blue' } }, MERGE);
  expect(changed).toMatchObject({ code: 422 });
  expect(changed.body.message).toContain('field is immutable when `immutable` is set');
});

test('to make an object by server-side apply one must be allowed to create it, which a role can say by name', async () => {
  const cluster = await start();
  const role = (verbs: string[]) => [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'copies', namespace: 'test' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['mine'], verbs }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'copies', namespace: 'test' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'copies' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'rollout:podinfo' }],
    },
  ];
  const apply = (name: string) =>
    cluster.call('PATCH', `${CONFIG_MAPS}/${name}?fieldManager=robot`, configMap(name, { a: 'b' }), {
      ...APPLY,
      token: 'robot',
    });
  cluster.apply(role(['patch']));
  const refused = await apply('mine');
  expect(refused.code).toBe(403);
  expect(refused.body.message).toContain('cannot create resource "configmaps"');
  cluster.apply(role(['patch', 'create']));
  expect((await apply('mine')).code).toBe(201);
  expect((await apply('other')).code).toBe(403);
});

describe('pods that read what is not there', () => {
  const reading = (pod: object, container = {}) =>
    podinfo({
      spec: {
        replicas: 1,
        template: {
          metadata: { labels: { app: 'podinfo' } },
          spec: { containers: [{ name: 'podinfod', image: 'registry/podinfo:6.0.0', ...container }], ...pod },
        },
      },
    });
  const isReady = ({ status }: { status?: { containerStatuses?: { ready: boolean }[] } }) =>
    status?.containerStatuses?.every(({ ready }) => ready) === true;

  test('in their environment wait with CreateContainerConfigError until it is', async () => {
    const cluster = await start();
    cluster.apply(
      reading({}, { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'late', key: 'a' } } }] }),
    );
    await cluster.advance(10);
    const waiting = () => cluster.pods()[0]?.status?.containerStatuses?.[0]?.state?.waiting;
    expect(waiting()).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "late" not found',
    });
    cluster.apply({ ...configMap('late', { b: 'c' }), metadata: { name: 'late', namespace: 'test' } });
    await cluster.advance(15);
    expect(waiting()?.message).toBe("couldn't find key a in ConfigMap test/late");
    cluster.apply({ ...configMap('late', { a: 'c' }), metadata: { name: 'late', namespace: 'test' } });
    await cluster.advance(20);
    expect(cluster.pods().every(isReady)).toBe(true);
  });

  test('in a volume wait with FailedMount until it is', async () => {
    const cluster = await start();
    cluster.apply(reading({ volumes: [{ name: 'token', secret: { secretName: 'late' } }] }));
    await cluster.advance(10);
    expect(cluster.pods().some(isReady)).toBe(false);
    expect(
      cluster.list('events', 'test').map((it) => (it as unknown as { reason: string }).reason),
    ).toContain('FailedMount');
    cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'late', namespace: 'test' } });
    await cluster.advance(30);
    expect(cluster.pods().every(isReady)).toBe(true);
  });

  test('start without it where they say that it is optional', async () => {
    const cluster = await start();
    cluster.apply(reading({}, { envFrom: [{ configMapRef: { name: 'never', optional: true } }] }));
    await cluster.advance(10);
    expect(cluster.pods().every(isReady)).toBe(true);
  });
});
