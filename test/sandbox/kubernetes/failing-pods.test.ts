import { describe, expect, it } from 'vitest';
import { conditionOf, namespace, podinfo, startCluster, startPodinfo } from './cluster.ts';

const failing = async (fate: string, spec: object = {}) => {
  const cluster = await startPodinfo({ spec });
  await cluster.setImage(`registry/podinfo:${fate}`);
  const newest = () => cluster.pods().find((pod) => pod.spec.containers[0]?.image?.endsWith(fate));
  return { cluster, newest, container: () => newest()?.status?.containerStatuses?.[0] };
};

describe('pods that fail as their image asks', () => {
  it('crash-loop: restarts rise, the last exit is kept, the wait doubles', async () => {
    const { cluster, container } = await failing('crash-loop');
    await cluster.advance(5);
    expect(container()).toMatchObject({
      ready: false,
      restartCount: 1,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: expect.stringMatching(/^back-off 10s restarting failed container=podinfod/),
        },
      },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    });
    await cluster.advance(60);
    expect(container()?.restartCount).toBe(3);
  });

  it('image-pull: first ErrImagePull, then ImagePullBackOff', async () => {
    const { cluster, container, newest } = await failing('image-pull');
    await cluster.advance(1.5);
    expect(container()?.state?.waiting?.reason).toBe('ErrImagePull');
    await cluster.advance(5);
    expect(container()?.state?.waiting?.reason).toBe('ImagePullBackOff');
    expect(newest()?.status?.phase).toBe('Pending');
  });

  it('never-ready: runs, and is never counted as ready', async () => {
    const { cluster, container, newest } = await failing('never-ready');
    await cluster.advance(120);
    expect(container()).toMatchObject({ ready: false, restartCount: 0, state: { running: {} } });
    expect(newest()?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }),
    );
  });

  it('unschedulable: PodScheduled is False, no node, no container status', async () => {
    const { cluster, newest } = await failing('unschedulable');
    await cluster.advance(5);
    expect(newest()?.spec.nodeName).toBeUndefined();
    expect(newest()?.status).toMatchObject({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
    });
  });

  it.each(['crash-loop', 'image-pull', 'never-ready', 'unschedulable'])(
    '%s: the old pods go on serving and the deadline is exceeded on time',
    async (fate) => {
      const { cluster } = await failing(fate, { progressDeadlineSeconds: 60 });
      await cluster.advance(55);
      expect(conditionOf(cluster.deployment(), 'Progressing')?.status).toBe('True');
      await cluster.advance(10);
      expect(conditionOf(cluster.deployment(), 'Progressing')).toMatchObject({
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
      });
      expect(conditionOf(cluster.deployment(), 'Available')?.status).toBe('True');
      expect(cluster.readyPods('test', { deployment: 'podinfo' }).map(({ version }) => version)).toEqual(
        Array(3).fill('6.0.0'),
      );
    },
  );

  it('recovers when the image changes its ways', async () => {
    let pods: 'unschedulable' | 'ok' = 'unschedulable';
    const cluster = await startCluster({
      images: { behaviour: () => ({ pods, readyAfterMs: 1_000, digest: undefined }) },
    });
    cluster.apply([namespace(), podinfo()]);
    await cluster.advance(60);
    expect(cluster.readyPods('test', { deployment: 'podinfo' })).toEqual([]);
    pods = 'ok';
    await cluster.advance(15);
    expect(cluster.readyPods('test', { deployment: 'podinfo' })).toHaveLength(4);
  });
});

describe('an image that changes its ways while its pods serve', () => {
  it.each(['crash-loop', 'never-ready'] as const)(
    'takes its pods out of traffic with %s, and back',
    async (worse) => {
      let pods: typeof worse | 'ok' = 'ok';
      const cluster = await startCluster({
        images: { behaviour: () => ({ pods, readyAfterMs: 1_000, digest: undefined }) },
      });
      cluster.apply([namespace(), podinfo()]);
      await cluster.advance(10);
      pods = worse;
      cluster.imagesChanged();
      expect(cluster.readyPods('test', { deployment: 'podinfo' })).toEqual([]);
      await cluster.advance(20);
      expect(cluster.deployment().status?.availableReplicas).toBeUndefined();
      pods = 'ok';
      await cluster.advance(40);
      expect(cluster.readyPods('test', { deployment: 'podinfo' })).toHaveLength(4);
    },
  );
});

const virtualNode = (name: string) => ({
  apiVersion: 'appmesh.k8s.aws/v1beta2',
  kind: 'VirtualNode',
  metadata: { name, namespace: 'test' },
  spec: { podSelector: { matchLabels: { app: 'podinfo' } } },
});

describe('the Envoy sidecar in an injected namespace', () => {
  const start = async (objects: object[], injectEnvoy?: () => boolean) => {
    const cluster = await startCluster(injectEnvoy && { injectEnvoy });
    cluster.apply([
      namespace({ 'appmesh.k8s.aws/sidecarInjectorWebhook': 'enabled' }),
      ...objects,
      podinfo(),
    ]);
    await cluster.advance(10);
    return cluster;
  };
  const names = (cluster: Awaited<ReturnType<typeof start>>) => [
    ...new Set(cluster.pods().map(({ status }) => status?.containerStatuses?.map(({ name }) => name).join())),
  ];

  it('comes to every pod where the mesh is kept by API only, unless the mesh does not know the pod', async () => {
    expect(names(await start([]))).toEqual(['podinfod,envoy']);
    expect(names(await start([], () => false))).toEqual(['podinfod']);
  });

  it('comes with the one VirtualNode that selects the pod', async () => {
    expect(names(await start([virtualNode('podinfo')]))).toEqual(['podinfod,envoy']);
  });

  it('does not come to pods that were there before their VirtualNode', async () => {
    const other = { ...virtualNode('other'), spec: { podSelector: { matchLabels: { app: 'other' } } } };
    const cluster = await start([other]);
    cluster.apply(virtualNode('podinfo'));
    await cluster.advance(10);
    expect(names(cluster)).toEqual(['podinfod']);
  });

  it('is a ReplicaFailure with two VirtualNodes that select the pod', async () => {
    const cluster = await start([virtualNode('a'), virtualNode('b')]);
    expect(cluster.pods()).toEqual([]);
    expect(conditionOf(cluster.deployment(), 'ReplicaFailure')).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: expect.stringContaining('found multiple matching VirtualNodes'),
    });
  });
});

describe('a release after one that failed', () => {
  it('clears the failing pods away first and never falls below what must serve', async () => {
    const { cluster } = await failing('crash-loop');
    await cluster.advance(30);
    await cluster.setImage('registry/podinfo:6.0.2');
    const serving: number[] = [];
    for (let second = 0; second < 40; second++) {
      await cluster.advance(1);
      serving.push(cluster.readyPods('test', { deployment: 'podinfo' }).length);
    }
    expect(Math.min(...serving)).toBe(3);
    expect(cluster.readyPods('test', { deployment: 'podinfo' }).map(({ version }) => version)).toEqual(
      Array(4).fill('6.0.2'),
    );
  });
});

describe('pods that may not be created', () => {
  it('are a ReplicaFailure for as long as they are refused', async () => {
    const cluster = await startPodinfo();
    cluster.faults.arm({ call: 'kubernetes.create.pods', error: 'exceeded quota', times: 15 });
    await cluster.setImage('registry/podinfo:6.0.1');
    await cluster.advance(60);
    expect(conditionOf(cluster.deployment(), 'ReplicaFailure')).toMatchObject({
      status: 'True',
      reason: 'FailedCreate',
      message: expect.stringContaining('exceeded quota'),
    });
    await cluster.advance(60);
    expect(conditionOf(cluster.deployment(), 'ReplicaFailure')).toBeUndefined();
    expect(cluster.deployment().status).toMatchObject({ updatedReplicas: 4, availableReplicas: 4 });
  });
});
