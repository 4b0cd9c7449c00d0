import { describe, expect, it } from 'vitest';
import type { Autoscaler } from '../../../sandbox/kubernetes/objects.ts';
import {
  type Cluster,
  conditionOf,
  DEPLOYMENT_PATH,
  imagePatch,
  MERGE,
  namespace,
  podinfo,
  STRATEGIC,
  startCluster,
  startPodinfo,
} from './cluster.ts';

const autoscaler = (limits: object = { minReplicas: 2, maxReplicas: 10 }) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'podinfo', namespace: 'test' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
      },
    ],
    ...limits,
  },
});

const startScaled = async (load: () => number | undefined, limits?: object) => {
  const cluster = await startCluster({ load });
  cluster.apply([namespace(), podinfo()]);
  await cluster.advance(10);
  cluster.apply(autoscaler(limits));
  return cluster;
};

const hpa = (cluster: Cluster) => cluster.get('hpa', 'test', 'podinfo') as Autoscaler;

describe('a HorizontalPodAutoscaler', () => {
  it('grows with the load, at most to double at once, never beyond its maximum', async () => {
    const cluster = await startScaled(() => 400);
    await cluster.advance(1);
    expect(cluster.deployment().spec.replicas).toBe(8);
    await cluster.advance(20);
    expect(cluster.deployment().spec.replicas).toBe(10);
    expect(hpa(cluster).status).toMatchObject({
      desiredReplicas: 10,
      currentMetrics: [{ resource: { current: { averageUtilization: 400 } } }],
    });
  });

  it('leaves replicas alone within a tenth of the target', async () => {
    const cluster = await startScaled(() => 54);
    await cluster.advance(60);
    expect(cluster.deployment().spec.replicas).toBe(4);
  });

  it('shrinks only after five minutes of lower need', async () => {
    let load = 50;
    const cluster = await startScaled(() => load);
    await cluster.advance(10);
    load = 10;
    await cluster.advance(240);
    expect(cluster.deployment().spec.replicas).toBe(4);
    await cluster.advance(120);
    expect(cluster.deployment().spec.replicas).toBe(2);
  });

  it('does nothing at zero replicas', async () => {
    const cluster = await startScaled(() => 400);
    await cluster.call('PATCH', DEPLOYMENT_PATH, { spec: { replicas: 0 } }, MERGE);
    await cluster.advance(60);
    expect(cluster.deployment().spec.replicas).toBe(0);
    expect(hpa(cluster).status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' }),
    );
  });

  it('keeps its limits without any measurement, and owns spec.replicas through /scale', async () => {
    const cluster = await startScaled(() => undefined, { minReplicas: 6, maxReplicas: 8 });
    await cluster.advance(1);
    expect(cluster.deployment().spec.replicas).toBe(6);
    const owner = cluster
      .deployment()
      .metadata.managedFields?.find(({ subresource }) => subresource === 'scale');
    expect(owner).toMatchObject({
      manager: 'kube-controller-manager',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    });
  });
});

describe('a GitOps controller that heals itself', () => {
  it('puts back within seconds what Git says, and leaves alone what Git does not say', async () => {
    const cluster = await startPodinfo();
    const { replicas: _, ...spec } = podinfo().spec;
    const stop = cluster.gitops({ manager: 'argocd-controller', manifests: { ...podinfo(), spec } });
    await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}?fieldManager=stepcanary`,
      imagePatch('registry/podinfo:6.0.1'),
      STRATEGIC,
    );
    await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}?fieldManager=stepcanary`,
      { spec: { replicas: 2 } },
      MERGE,
    );
    await cluster.advance(5);
    expect(cluster.deployment().spec.template.spec.containers[0]?.image).toBe('registry/podinfo:6.0.0');
    expect(cluster.deployment().spec.replicas).toBe(2);
    const owners = cluster
      .deployment()
      .metadata.managedFields?.filter((it) => JSON.stringify(it.fieldsV1).includes('f:image'));
    expect(owners?.map(({ manager }) => manager)).toContain('argocd-controller');
    stop();
    await cluster.setImage('registry/podinfo:6.0.1');
    await cluster.advance(30);
    expect(cluster.deployment().spec.template.spec.containers[0]?.image).toBe('registry/podinfo:6.0.1');
  });

  it('goes on after an apply that was refused', async () => {
    const cluster = await startCluster();
    cluster.gitops({ manager: 'argocd-controller', manifests: podinfo() });
    await cluster.advance(5);
    expect(cluster.list('deployment')).toEqual([]);
    cluster.apply(namespace());
    await cluster.advance(10);
    expect(conditionOf(cluster.deployment(), 'Available')?.status).toBe('True');
  });
});
