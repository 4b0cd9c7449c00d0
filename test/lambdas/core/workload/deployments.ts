import type { Deployment, Labels, Pod, ReplicaSet } from '../../../../lambdas/core/workload/objects.ts';

export const IMAGE = `registry/podinfo:6.0.1@sha256:${'b'.repeat(64)}`;

/** A Deployment that has rolled out, with its fields changed as asked. */
export const deployment = (
  {
    name = 'podinfo',
    labels = { app: name },
    selector = { app: name },
    replicas = 1,
    image = IMAGE,
    annotations = {},
    template = {},
  }: {
    name?: string;
    labels?: Labels;
    selector?: Labels;
    replicas?: number;
    image?: string;
    annotations?: Labels;
    template?: object;
  } = {},
  change: { metadata?: object; spec?: object; status?: object } = {},
): Deployment => ({
  metadata: {
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    generation: 2,
    annotations: { 'deployment.kubernetes.io/revision': '2', ...annotations },
    ...change.metadata,
  },
  spec: {
    replicas,
    selector: { matchLabels: selector },
    template: { metadata: { labels }, spec: { containers: [{ name: 'podinfod', image }], ...template } },
    ...change.spec,
  },
  status: {
    observedGeneration: 2,
    replicas,
    updatedReplicas: replicas,
    availableReplicas: replicas,
    ...change.status,
  },
});

/** The newest ReplicaSet of a Deployment, and an older one. */
export const replicaSets = ({ metadata }: Deployment): ReplicaSet[] =>
  ['1', '2'].map((revision) => ({
    metadata: {
      name: `${metadata.name}-hash${revision}`,
      uid: `rs-${revision}`,
      resourceVersion: '1',
      labels: { 'pod-template-hash': `hash${revision}` },
      annotations: { 'deployment.kubernetes.io/revision': revision },
      ownerReferences: [{ uid: metadata.uid, controller: true }],
    },
  }));

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

/** A running pod of the newest ReplicaSet with its sidecar. */
export const pod = (
  {
    app,
    envoy,
    revision = '2',
    name = 'podinfo-1',
  }: {
    app?: Partial<ContainerStatus>;
    envoy?: Partial<ContainerStatus> | 'none';
    revision?: string;
    name?: string;
  } = {},
  conditions: NonNullable<Pod['status']>['conditions'] = [],
): Pod => ({
  metadata: { name, uid: name, resourceVersion: '1', labels: { 'pod-template-hash': `hash${revision}` } },
  spec: {
    containers: [
      { name: 'podinfod', image: IMAGE },
      ...(envoy === 'none' ? [] : [{ name: 'envoy', image: 'envoy' }]),
    ],
  },
  status: {
    conditions,
    containerStatuses: [
      { name: 'podinfod', ready: true, restartCount: 0, ...app },
      ...(envoy === 'none' ? [] : [{ name: 'envoy', ready: true, restartCount: 0, ...envoy }]),
    ],
  },
});
