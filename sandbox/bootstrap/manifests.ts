import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';

/** What runs before the first rollout. */
export interface Running {
  /** The image of both Deployments, by digest. */
  readonly image: string;
  /** Pods of the primary; the canary has none. */
  readonly replicas: number;
}

/** The port of podinfo, of which the examples tell. */
const PORT = 9898;

const deployment = (spec: RolloutSpec, name: string, { image }: Running, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: spec.workload.namespace, labels: { app: name } },
  spec: {
    replicas,
    minReadySeconds: 0,
    progressDeadlineSeconds: 60,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: spec.workload.container,
            image,
            ports: [{ name: 'http', containerPort: PORT }],
            readinessProbe: { httpGet: { path: '/readyz', port: PORT } },
          },
        ],
      },
    },
  },
});

const service = ({ workload: { namespace } }: RolloutSpec, name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: PORT, targetPort: PORT }] },
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
    deployment(spec, canary, running, 0),
    service(spec, primary),
    service(spec, canary),
  ];
};
