import { expect, test } from 'vitest';
import type { Patch } from '../../../../lambdas/core/workload/ports.ts';
import { autoscaler, startWorld } from './world.ts';

/** The port's contract, held by the product's client and the sandbox's API server together. */
const patches: Record<Exclude<Patch['type'], 'apply'>, (resourceVersion: string) => Patch> = {
  strategic: (resourceVersion) => ({
    type: 'strategic',
    body: { metadata: { resourceVersion }, spec: { replicas: 3 } },
  }),
  merge: (resourceVersion) => ({
    type: 'merge',
    body: { metadata: { resourceVersion }, spec: { replicas: 3 } },
  }),
  json: (resourceVersion) => ({
    type: 'json',
    body: [
      { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
      { op: 'replace', path: '/spec/replicas', value: 3 },
    ],
  }),
};

test.each(Object.entries(patches))(
  'a %s patch is written in our name, and is a conflict when somebody wrote since',
  async (_, patch) => {
    const { api } = await startWorld();
    const before = await api.deployment('podinfo-primary');
    const version = before?.metadata.resourceVersion ?? '';
    const after = await api.patchDeployment('podinfo-primary', patch(version));
    expect(after.spec.replicas).toBe(3);
    expect(after.metadata.managedFields?.map(({ manager }) => manager)).toContain('stepcanary');
    const stale = api.patchDeployment('podinfo-primary', patch(version));
    await expect(stale).rejects.toMatchObject({ name: 'WriteConflict' });
  },
);

test('a dry run answers as the write would and changes nothing', async () => {
  const { api } = await startWorld();
  const version = (await api.deployment('podinfo-primary'))?.metadata.resourceVersion ?? '';
  const tried = await api.patchDeployment('podinfo-primary', patches.merge(version), { dryRun: true });
  expect(tried.spec.replicas).toBe(3);
  expect((await api.deployment('podinfo-primary'))?.spec.replicas).toBe(4);
});

test('what is not there is undefined or empty, what is there is found by its labels', async () => {
  const { api } = await startWorld({ manifests: [autoscaler('podinfo-primary', 2, 9)] });
  expect(await api.deployment('nobody')).toBeUndefined();
  expect(await api.virtualRouters()).toEqual([]);
  expect(await api.pods({ app: 'nobody' })).toEqual([]);
  expect(await api.pods({ app: 'podinfo-primary' })).toHaveLength(4);
  const [set, ...others] = await api.replicaSets({ app: 'podinfo-primary' });
  expect(others).toEqual([]);
  expect(set?.metadata.labels?.['pod-template-hash']).toMatch(/./);
  expect((await api.autoscalers()).map(({ spec }) => spec.scaleTargetRef.name)).toEqual(['podinfo-primary']);
});

test('an autoscaler’s limits are patched', async () => {
  const { api, limits } = await startWorld({ manifests: [autoscaler('podinfo', 1, 3)] });
  await api.patchAutoscaler('podinfo', { type: 'merge', body: { spec: { minReplicas: 2 } } });
  expect(limits('podinfo')).toEqual([2, 3]);
});
