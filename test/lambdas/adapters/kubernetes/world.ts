import { KubernetesClient } from '../../../../lambdas/adapters/kubernetes/client.ts';
import { KubernetesNamespace } from '../../../../lambdas/adapters/kubernetes/cluster-api.ts';
import { checkPods } from '../../../../lambdas/check-pods.ts';
import type { PodsWatch } from '../../../../lambdas/core/tasks.ts';
import type { Deployment } from '../../../../lambdas/core/workload/objects.ts';
import { matchCapacity } from '../../../../lambdas/match-capacity.ts';
import { input, rollout } from '../../../fakes/rollouts.ts';
import { namespace, startCluster } from '../../../sandbox/kubernetes/cluster.ts';

export const OLD_IMAGE = 'registry/podinfo:6.0.0';
export const EXECUTION = 'podinfo-6.0.1-363a3232-1';

/** A side's Deployment as people make it, with its fields laid over. */
export const manifest = (
  name: string,
  replicas: number,
  { spec = {}, pod = {}, labels = {}, metadata = {} } = {},
) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'test', ...metadata },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name, ...labels } },
      spec: { containers: [{ name: 'podinfod', image: OLD_IMAGE }], ...pod },
    },
    ...spec,
  },
});

export const autoscaler = (name: string, minReplicas: number, maxReplicas: number) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name, namespace: 'test' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas, maxReplicas },
});

/** The sandbox's API server with podinfo serving in a mesh and its canary at zero; `token` is who asks. */
export const startWorld = async ({
  primary = 4,
  token = 'admin',
  manifests = [] as object[],
  options = {},
} = {}) => {
  const cluster = await startCluster(options);
  cluster.apply([
    namespace({ 'appmesh.k8s.aws/sidecarInjectorWebhook': 'enabled' }),
    manifest('podinfo-primary', primary),
    manifest('podinfo', 0),
    ...(manifests as never[]),
  ]);
  await cluster.advance(10);
  const apiAs = (bearer: string) =>
    new KubernetesNamespace(
      new KubernetesClient({
        endpoint: cluster.endpoint,
        certificateAuthority: Buffer.from(cluster.caPem).toString('base64'),
        token: async () => bearer,
      }),
      'test',
    );
  const api = apiAs(token);
  const of = rollout(EXECUTION, input('6.0.1'));
  const task = () => ({
    rollout: of,
    generation: 1,
    now: new Date(cluster.clock.now()).toISOString(),
    cluster: { name: 'prod', endpoint: cluster.endpoint, certificateAuthority: '' },
    floor: primary,
  });

  /** As the state machine does: look, wait 10 s, look again, at most so many times. */
  const untilReady = async (side: 'primary' | 'canary', pods: PodsWatch, looks = 8) => {
    let watch = pods;
    const events: string[] = [];
    for (let look = 0; look < looks; look += 1) {
      await cluster.advance(10);
      const found = await checkPods(api)({ ...task(), side, pods: watch });
      events.push(...found.events.map(({ text }) => text));
      watch = found.pods;
      if (found.ready) return { pods: watch, events };
    }
    throw new Error(`${side} was not ready after ${looks} looks: ${watch.told}`);
  };
  const capacity = (weight: number, pods: PodsWatch) => matchCapacity(api)({ ...task(), weight, pods });
  const named = (name: string) => cluster.get('deployment', 'test', name) as unknown as Deployment;
  const limits = (name: string) => {
    const spec = cluster.get('hpa', 'test', name)?.spec as { minReplicas: number; maxReplicas: number };
    return [spec.minReplicas, spec.maxReplicas];
  };
  return { ...cluster, cluster, api, apiAs, task, rollout: of, untilReady, capacity, named, limits };
};

export type World = Awaited<ReturnType<typeof startWorld>>;
