import { describe, expect, it } from 'vitest';
import {
  APPLY,
  type Cluster,
  DEPLOYMENT_PATH,
  imagePatch,
  MERGE,
  podinfo,
  STRATEGIC,
  startPodinfo,
} from './cluster.ts';

const containersOf = (cluster: Cluster) => cluster.deployment().spec.template.spec.containers;

const template = (containers: object[], more: object = {}) => ({
  spec: { template: { spec: { containers, ...more } } },
});

describe('strategic merge patch', () => {
  it('changes one container by its name and keeps what the patch does not say', async () => {
    const cluster = await startPodinfo();
    const { code } = await cluster.call(
      'PATCH',
      DEPLOYMENT_PATH,
      imagePatch('registry/podinfo:6.0.1'),
      STRATEGIC,
    );
    expect(code).toBe(200);
    expect(containersOf(cluster)).toMatchObject([
      {
        name: 'podinfod',
        image: 'registry/podinfo:6.0.1',
        ports: [{ containerPort: 9898, protocol: 'TCP' }],
      },
    ]);
  });

  it('adds a container under a name that is not there, as Kubernetes does', async () => {
    const cluster = await startPodinfo();
    await cluster.call(
      'PATCH',
      DEPLOYMENT_PATH,
      template([{ name: 'wrong', image: 'registry/x:1' }]),
      STRATEGIC,
    );
    expect(containersOf(cluster).map(({ name }) => name)).toEqual(['podinfod', 'wrong']);
  });

  it('merges env by name, deletes by directive, and keeps the order that is asked for', async () => {
    const cluster = await startPodinfo();
    const env = (items: object[], more = {}) => template([{ name: 'podinfod', env: items, ...more }]);
    await cluster.call(
      'PATCH',
      DEPLOYMENT_PATH,
      env([
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ]),
      STRATEGIC,
    );
    await cluster.call(
      'PATCH',
      DEPLOYMENT_PATH,
      env(
        [
          { name: 'C', value: '3' },
          { name: 'A', $patch: 'delete' },
        ],
        {
          '$setElementOrder/env': [{ name: 'C' }, { name: 'B' }],
        },
      ),
      STRATEGIC,
    );
    expect(containersOf(cluster)[0]?.env).toEqual([
      { name: 'C', value: '3' },
      { name: 'B', value: '2' },
    ]);
  });

  it('replaces atomic lists whole, and a keyed list when told to', async () => {
    const cluster = await startPodinfo();
    const tolerate = (key: string) => template([], { tolerations: [{ key, operator: 'Exists' }] });
    await cluster.call('PATCH', DEPLOYMENT_PATH, tolerate('a'), STRATEGIC);
    await cluster.call('PATCH', DEPLOYMENT_PATH, tolerate('b'), STRATEGIC);
    expect(cluster.deployment().spec.template.spec.tolerations).toEqual([{ key: 'b', operator: 'Exists' }]);
    const replaced = template([{ $patch: 'replace' }, { name: 'only', image: 'registry/x:1' }]);
    await cluster.call('PATCH', DEPLOYMENT_PATH, replaced, STRATEGIC);
    expect(containersOf(cluster).map(({ name }) => name)).toEqual(['only']);
  });

  it('keeps only the named members with $retainKeys', async () => {
    const cluster = await startPodinfo();
    await cluster.call(
      'PATCH',
      DEPLOYMENT_PATH,
      { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
      STRATEGIC,
    );
    expect(cluster.deployment().spec.strategy).toEqual({ type: 'Recreate' });
  });

  it('is refused for custom resources', async () => {
    const cluster = await startPodinfo();
    cluster.apply({
      apiVersion: 'appmesh.k8s.aws/v1beta2',
      kind: 'VirtualRouter',
      metadata: { name: 'r', namespace: 'test' },
      spec: {},
    });
    const path = '/apis/appmesh.k8s.aws/v1beta2/namespaces/test/virtualrouters/r';
    expect(await cluster.call('PATCH', path, { spec: {} }, STRATEGIC)).toMatchObject({
      code: 415,
      body: { reason: 'UnsupportedMediaType' },
    });
    expect(await cluster.call('PATCH', path, { spec: { routes: [] } }, MERGE)).toMatchObject({
      code: 200,
      body: { metadata: { generation: 2 } },
    });
  });
});

describe('writes that meet other writes', () => {
  it('a stale resourceVersion is a Conflict, for PUT, merge patch and JSON patch test', async () => {
    const cluster = await startPodinfo();
    const { body } = await cluster.call('GET', DEPLOYMENT_PATH);
    await cluster.setImage('registry/podinfo:6.0.1');
    const conflict = {
      code: 409,
      body: { reason: 'Conflict', message: expect.stringContaining('the object has been modified') },
    };
    expect(await cluster.call('PUT', DEPLOYMENT_PATH, body)).toMatchObject(conflict);
    const { resourceVersion } = body.metadata;
    expect(
      await cluster.call('PATCH', DEPLOYMENT_PATH, { metadata: { resourceVersion } }, MERGE),
    ).toMatchObject(conflict);
    const test = [{ op: 'test', path: '/metadata/resourceVersion', value: resourceVersion }];
    const json = await cluster.call('PATCH', DEPLOYMENT_PATH, test, { type: 'application/json-patch+json' });
    expect(json).toMatchObject({ code: 422, body: { reason: 'Invalid' } });
  });

  it('raises the generation with the spec, never with metadata or status', async () => {
    const cluster = await startPodinfo();
    await cluster.call('PATCH', DEPLOYMENT_PATH, { metadata: { annotations: { a: 'b' } } }, MERGE);
    await cluster.call('PATCH', DEPLOYMENT_PATH, { status: { replicas: 99 } }, MERGE);
    expect(cluster.deployment().metadata.generation).toBe(1);
    expect(cluster.deployment().status?.replicas).toBe(4);
    await cluster.call('PATCH', DEPLOYMENT_PATH, { spec: { replicas: 3 } }, MERGE);
    expect(cluster.deployment().metadata.generation).toBe(2);
    expect(cluster.deployment().status?.observedGeneration).toBe(1);
    await cluster.advance(1);
    expect(cluster.deployment().status?.observedGeneration).toBe(2);
  });

  it('a dry run answers with the change and stores nothing', async () => {
    const cluster = await startPodinfo();
    const { body } = await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}?dryRun=All`,
      { spec: { replicas: 9 } },
      MERGE,
    );
    expect(body.spec.replicas).toBe(9);
    expect(cluster.deployment().spec.replicas).toBe(4);
  });

  it.each([
    ['a changed selector', { selector: { matchLabels: { app: 'x' } } }, 'spec.selector'],
    ['negative replicas', { replicas: -1 }, 'spec.replicas'],
    [
      'labels that the selector does not fit',
      { template: { metadata: { labels: { app: null } } } },
      'spec.template.metadata.labels',
    ],
  ])('refuses %s as Invalid and names the field', async (_, spec, field) => {
    const cluster = await startPodinfo();
    const { code, body } = await cluster.call('PATCH', DEPLOYMENT_PATH, { spec }, MERGE);
    expect({ code, reason: body.reason }).toEqual({ code: 422, reason: 'Invalid' });
    expect(body.details.causes.map((it: { field: string }) => it.field)).toContain(field);
  });
});

describe('server-side apply', () => {
  const applied = (image: string) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'podinfo', namespace: 'test' },
    ...imagePatch(image),
  });

  it('names the manager that owns the field, and changes nothing', async () => {
    const cluster = await startPodinfo();
    const { code, body } = await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}?fieldManager=stepcanary`,
      applied('registry/podinfo:6.0.1'),
      APPLY,
    );
    expect(code).toBe(409);
    expect(body).toMatchObject({
      reason: 'Conflict',
      message:
        'Apply failed with 1 conflict: conflict with "kubectl": .spec.template.spec.containers[name="podinfod"].image',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', field: '.spec.template.spec.containers[name="podinfod"].image' },
        ],
      },
    });
    expect(containersOf(cluster)[0]?.image).toBe('registry/podinfo:6.0.0');
  });

  it('takes the field over by force, so that the other no longer owns it', async () => {
    const cluster = await startPodinfo();
    const path = `${DEPLOYMENT_PATH}?fieldManager=stepcanary&force=true`;
    await cluster.call('PATCH', path, applied('registry/podinfo:6.0.1'), APPLY);
    expect(containersOf(cluster)[0]?.image).toBe('registry/podinfo:6.0.1');
    const again = await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}?fieldManager=stepcanary`,
      applied('registry/podinfo:6.0.2'),
      APPLY,
    );
    expect(again.code).toBe(200);
    const owners = cluster.deployment().metadata.managedFields ?? [];
    const holdsImage = owners.filter((it) => JSON.stringify(it.fieldsV1).includes('f:image'));
    expect(holdsImage.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual([
      'stepcanary Apply',
    ]);
  });

  it('shares a field that both set to the same value', async () => {
    const cluster = await startPodinfo();
    const { code } = await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}?fieldManager=stepcanary`,
      applied('registry/podinfo:6.0.0'),
      APPLY,
    );
    expect(code).toBe(200);
  });

  it('removes what its manager no longer applies, and keeps what others own', async () => {
    const cluster = await startPodinfo();
    const withReplicas = podinfo({ spec: { revisionHistoryLimit: 3, minReadySeconds: 2 } });
    cluster.apply(withReplicas, { fieldManager: 'argocd-controller' });
    await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}?fieldManager=robot`,
      { spec: { minReadySeconds: 4 } },
      MERGE,
    );
    cluster.apply(podinfo(), { fieldManager: 'argocd-controller' });
    expect(cluster.deployment().spec.revisionHistoryLimit).toBe(10);
    expect(cluster.deployment().spec.minReadySeconds).toBe(4);
  });

  it('keeps a field that its manager no longer applies while another applies it, and then removes it', async () => {
    const cluster = await startPodinfo();
    const whole = podinfo({ spec: { minReadySeconds: 2 } });
    cluster.apply(whole, { fieldManager: 'argocd-controller' });
    cluster.apply(whole, { fieldManager: 'helm' });
    cluster.apply(podinfo(), { fieldManager: 'argocd-controller' });
    expect(cluster.deployment().spec.minReadySeconds).toBe(2);
    cluster.apply(podinfo(), { fieldManager: 'helm' });
    expect(cluster.deployment().spec.minReadySeconds).toBeUndefined();
  });

  it('writes a plain patch under its fieldManager and takes the field from its owner', async () => {
    const cluster = await startPodinfo();
    await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}?fieldManager=stepcanary`,
      imagePatch('registry/podinfo:6.0.1'),
      STRATEGIC,
    );
    const entry = cluster
      .deployment()
      .metadata.managedFields?.find(({ manager }) => manager === 'stepcanary');
    expect(entry).toMatchObject({
      operation: 'Update',
      apiVersion: 'apps/v1',
      fieldsV1: {
        'f:spec': {
          'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"podinfod"}': { 'f:image': {} } } } },
        },
      },
    });
  });

  it('refuses an apply without a fieldManager', async () => {
    const cluster = await startPodinfo();
    const { code, body } = await cluster.call(
      'PATCH',
      DEPLOYMENT_PATH,
      applied('registry/podinfo:6.0.1'),
      APPLY,
    );
    expect({ code, message: body.message }).toMatchObject({
      code: 400,
      message: expect.stringContaining('fieldManager'),
    });
  });

  it('makes no new revision when nothing changes', async () => {
    const cluster = await startPodinfo();
    const before = cluster.deployment().metadata.resourceVersion;
    await cluster.advance(30);
    cluster.apply(podinfo());
    expect(cluster.deployment().metadata.resourceVersion).toBe(before);
  });
});

describe('requests that cannot be carried out', () => {
  it.each([
    ['a body that is not JSON', 'PATCH', DEPLOYMENT_PATH, 'text', MERGE, 400, 'BadRequest'],
    [
      'another kind in the body',
      'POST',
      '/apis/apps/v1/namespaces/test/deployments',
      { kind: 'Pod', metadata: { name: 'x' } },
      {},
      400,
      'BadRequest',
    ],
    [
      'another name than on the URL',
      'PUT',
      DEPLOYMENT_PATH,
      { ...podinfo(), metadata: { name: 'x' } },
      {},
      400,
      'BadRequest',
    ],
    [
      'an object that is there already',
      'POST',
      '/apis/apps/v1/namespaces/test/deployments',
      podinfo(),
      {},
      409,
      'AlreadyExists',
    ],
    ['a kind that nobody knows', 'GET', '/apis/example.com/v1/things', undefined, {}, 404, 'NotFound'],
    [
      'a patch type that nobody knows',
      'PATCH',
      DEPLOYMENT_PATH,
      {},
      { type: 'text/plain' },
      415,
      'UnsupportedMediaType',
    ],
    ['a path that is not encoded well', 'GET', '/api/v1/namespaces/%zz', undefined, {}, 400, 'BadRequest'],
    ['a method that the path does not take', 'POST', DEPLOYMENT_PATH, podinfo(), {}, 405, 'MethodNotAllowed'],
  ])('%s', async (_, method, path, body, options, code, reason) => {
    const cluster = await startPodinfo();
    expect(await cluster.call(method, path, body, options)).toMatchObject({
      code,
      body: { kind: 'Status', reason },
    });
  });

  it('members that are null in a whole object are as good as not there', async () => {
    const cluster = await startPodinfo();
    const { body } = await cluster.call('GET', DEPLOYMENT_PATH);
    body.spec.template.metadata.creationTimestamp = null;
    body.spec.template.spec.nodeSelector = null;
    await cluster.call('PUT', DEPLOYMENT_PATH, body);
    expect(cluster.deployment().metadata.generation).toBe(1);
  });
});
