import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { readingConfigs } from './configs.ts';

/** What runs before the first rollout. */
export interface Running {
  /** The image of both Deployments, by digest. */
  readonly image: string;
  /** Pods of the primary. */
  readonly replicas: number;
  /** Pods of the canary. @default 0 */
  readonly canaryReplicas?: number;
  /** Where the container listens. @default 9898, podinfo's */
  readonly port?: number;
  /** Seconds that Kubernetes gives pods to become ready. @default 600, Kubernetes' own */
  readonly progressDeadline?: number;
  /** ConfigMaps and Secrets that the pods read: `ConfigMap/podinfo-config`. @default none */
  readonly configs?: readonly string[];
  /** Whether the primary reads copies of them. */
  readonly copied?: boolean;
}

/** The port of podinfo, of which the examples tell. */
const PORT = 9898;

const deployment = (
  spec: RolloutSpec,
  name: string,
  { image, port = PORT, progressDeadline = 600, configs = [], copied = false }: Running,
  replicas: number,
) => {
  const { envFrom, volumes } = readingConfigs(configs, copied && name === spec.workload.primary);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: spec.workload.namespace, labels: { app: name } },
    spec: {
      replicas,
      minReadySeconds: 0,
      progressDeadlineSeconds: progressDeadline,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: spec.workload.container,
              image,
              ports: [{ name: 'http', containerPort: port }],
              readinessProbe: { httpGet: { path: '/readyz', port } },
              ...(envFrom.length > 0 && { envFrom }),
            },
          ],
          ...(volumes.length > 0 && { volumes }),
        },
      },
    },
  };
};

const service = ({ workload: { namespace } }: RolloutSpec, name: string, { port = PORT }: Running) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ name: 'http', port, targetPort: port }] },
});

/** What a team has in its cluster before stepcanary comes: a namespace in the mesh, two Deployments, their Services. */
export const workloadManifests = (spec: RolloutSpec, running: Running): object[] => {
  const { namespace, primary, canary } = spec.workload;
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'appmesh.k8s.aws/sidecarInjectorWebhook': 'enabled' } },
    },
    deployment(spec, primary, running, running.replicas),
    deployment(spec, canary, running, running.canaryReplicas ?? 0),
    service(spec, primary, running),
    service(spec, canary, running),
  ];
};
