import { describe, expect, it } from 'vitest';
import {
  conditionOf,
  DEPLOYMENT_PATH,
  DIGEST,
  imagePatch,
  namespace,
  podinfo,
  STRATEGIC,
  startCluster,
  startPodinfo,
} from './cluster.ts';

describe('a Deployment that rolls', () => {
  it('becomes available only after its pods had the time that their image takes', async () => {
    const cluster = await startCluster();
    cluster.apply([namespace(), podinfo()]);
    await cluster.advance(4);
    expect(cluster.deployment().status).toMatchObject({ updatedReplicas: 4, unavailableReplicas: 4 });
    expect(cluster.deployment().status?.availableReplicas).toBeUndefined();
    await cluster.advance(2);
    expect(cluster.deployment().status).toMatchObject({
      availableReplicas: 4,
      readyReplicas: 4,
      observedGeneration: 1,
    });
    expect(conditionOf(cluster.deployment(), 'Progressing')).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
    });
  });

  it.each([
    { spec: { replicas: 4 }, least: 3, most: 5 },
    { spec: { replicas: 10 }, least: 8, most: 13 },
    {
      spec: { replicas: 3, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
      least: 2,
      most: 3,
    },
    {
      spec: { replicas: 3, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
      least: 3,
      most: 4,
    },
  ])('keeps between $least and $most pods with $spec', async ({ spec, least, most }) => {
    const cluster = await startPodinfo({ spec });
    await cluster.setImage('registry/podinfo:6.0.1');
    const seen: { available: number; total: number }[] = [];
    for (let second = 0; second < 60; second++) {
      await cluster.advance(1);
      const { availableReplicas = 0, replicas = 0 } = cluster.deployment().status ?? {};
      seen.push({ available: availableReplicas, total: replicas });
    }
    expect(Math.min(...seen.map(({ available }) => available))).toBe(least);
    expect(Math.max(...seen.map(({ total }) => total))).toBe(most);
    expect(cluster.deployment().status).toMatchObject({
      updatedReplicas: spec.replicas,
      availableReplicas: spec.replicas,
    });
    expect(cluster.readyPods('test', { deployment: 'podinfo' }).map(({ version }) => version)).toEqual(
      Array(spec.replicas).fill('6.0.1'),
    );
  });

  it('ends all old pods before it starts a new one with Recreate', async () => {
    const cluster = await startPodinfo({ spec: { strategy: { type: 'Recreate' } } });
    await cluster.setImage('registry/podinfo:6.0.1');
    const mixed: number[] = [];
    for (let step = 0; step < 20; step++) {
      await cluster.advance(0.5);
      mixed.push(new Set(cluster.pods().map(({ spec }) => spec.containers[0]?.image)).size);
    }
    expect(Math.max(...mixed)).toBe(1);
    expect(cluster.readyPods('test', { labels: { app: 'podinfo' } })).toHaveLength(4);
  });

  it('counts pods as available only after minReadySeconds', async () => {
    const cluster = await startCluster();
    cluster.apply([namespace(), podinfo({ spec: { minReadySeconds: 30 } })]);
    await cluster.advance(20);
    expect(cluster.deployment().status).toMatchObject({ readyReplicas: 4, unavailableReplicas: 4 });
    await cluster.advance(20);
    expect(cluster.deployment().status).toMatchObject({ availableReplicas: 4 });
  });

  it('goes back to the ReplicaSet of a template that it had before, under a new revision', async () => {
    const cluster = await startPodinfo();
    const first = cluster.list('replicaset', 'test').map(({ metadata }) => metadata.name);
    for (const tag of ['6.0.1', '6.0.0']) {
      await cluster.setImage(`registry/podinfo:${tag}`);
      await cluster.advance(60);
    }
    const sets = cluster.list('replicaset', 'test');
    const current = sets.find(({ metadata }) => first.includes(metadata.name));
    expect(sets).toHaveLength(2);
    expect(current?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
    expect(cluster.deployment().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  it('scales without touching the template, through /scale', async () => {
    const cluster = await startPodinfo();
    const scale = await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}/scale`,
      { spec: { replicas: 2 } },
      { type: 'application/merge-patch+json' },
    );
    expect(scale.body).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 2 },
      status: { selector: 'app=podinfo' },
    });
    await cluster.advance(5);
    expect(cluster.pods()).toHaveLength(2);
    expect(cluster.list('replicaset', 'test')).toHaveLength(1);
  });

  it('leaves the status counts out when they are zero', async () => {
    const cluster = await startPodinfo();
    await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}/scale`,
      { spec: { replicas: 0 } },
      { type: 'application/merge-patch+json' },
    );
    await cluster.advance(5);
    expect(cluster.pods()).toEqual([]);
    expect(Object.keys(cluster.deployment().status ?? {})).toEqual(['observedGeneration', 'conditions']);
  });

  it('reports the digest that runs, whatever the spec writes', async () => {
    const cluster = await startPodinfo();
    const ids = cluster.pods().map(({ status }) => status?.containerStatuses?.[0]?.imageID);
    expect(new Set(ids)).toEqual(new Set([`registry/podinfo@${DIGEST}`]));
    expect(new Set(cluster.pods().map(({ status }) => status?.podIP)).size).toBe(4);
  });

  it('stands still while paused, and follows only the replicas', async () => {
    const cluster = await startPodinfo();
    const patch = { spec: { paused: true, replicas: 5, ...imagePatch('registry/podinfo:6.0.1').spec } };
    await cluster.call('PATCH', DEPLOYMENT_PATH, patch, STRATEGIC);
    await cluster.advance(30);
    expect(cluster.readyPods('test', { deployment: 'podinfo' }).map(({ version }) => version)).toEqual(
      Array(5).fill('6.0.0'),
    );
    expect(conditionOf(cluster.deployment(), 'Progressing')).toMatchObject({
      status: 'Unknown',
      reason: 'DeploymentPaused',
    });
  });

  it('gives the same names and the same history for the same random numbers', async () => {
    const [one, two] = await Promise.all([startPodinfo(), startPodinfo()]);
    expect(one.list('event')).toEqual(two.list('event'));
    expect(one.pods()).toEqual(two.pods());
  });
});
