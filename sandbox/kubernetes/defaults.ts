import { isObject, type JsonObject, type KubeObject, type PodTemplate, type Secret } from './objects.ts';
import {
  AUTOSCALERS,
  DEPLOYMENTS,
  NAMESPACES,
  PODS,
  REPLICA_SETS,
  type Resource,
  SECRETS,
  SERVICES,
} from './resources.ts';

const withDefaults = (target: JsonObject, defaults: JsonObject) => {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= structuredClone(value);
};

const objectsIn = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

const defaultProbe = (probe: unknown) => {
  if (!isObject(probe)) return;
  withDefaults(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isObject(probe.httpGet)) withDefaults(probe.httpGet, { path: '/', scheme: 'HTTP' });
};

const defaultContainer = (container: JsonObject) => {
  const tag = /:([^/@:]+)(@|$)/.exec(String(container.image))?.[1];
  const isMoving = tag === 'latest' || (tag === undefined && !String(container.image).includes('@'));
  withDefaults(container, {
    imagePullPolicy: isMoving ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  for (const port of objectsIn(container.ports)) withDefaults(port, { protocol: 'TCP' });
  for (const { valueFrom } of objectsIn(container.env)) {
    if (isObject(valueFrom) && isObject(valueFrom.fieldRef))
      withDefaults(valueFrom.fieldRef, { apiVersion: 'v1' });
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container[probe]);
};

const defaultVolume = (volume: JsonObject) => {
  for (const source of ['configMap', 'secret', 'projected', 'downwardAPI']) {
    const value = volume[source];
    if (isObject(value)) withDefaults(value, { defaultMode: 420 });
  }
};

const defaultPodSpec = (spec: unknown) => {
  if (!isObject(spec)) return;
  withDefaults(spec, {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  });
  // The deprecated alias is kept equal to the name, as the API server does.
  if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
  for (const container of [...objectsIn(spec.containers), ...objectsIn(spec.initContainers)])
    defaultContainer(container);
  for (const volume of objectsIn(spec.volumes)) defaultVolume(volume);
};

const defaultTemplate = (template: unknown) => {
  if (!isObject(template)) return;
  withDefaults(template, { metadata: {} });
  // Clients round-trip a template with a null timestamp; it must not make another revision.
  if (isObject(template.metadata)) delete template.metadata.creationTimestamp;
  defaultPodSpec((template as unknown as PodTemplate).spec);
};

const defaultDeployment = (spec: JsonObject) => {
  withDefaults(spec, {
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    strategy: { type: 'RollingUpdate' },
  });
  const strategy = spec.strategy as JsonObject;
  withDefaults(strategy, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate') {
    withDefaults(strategy, { rollingUpdate: {} });
    withDefaults(strategy.rollingUpdate as JsonObject, { maxSurge: '25%', maxUnavailable: '25%' });
  }
  defaultTemplate(spec.template);
};

/** A cluster IP out of 10.100.0.0/16 that follows from the Service's name, so that runs repeat. */
const clusterIpOf = ({ metadata }: KubeObject): string => {
  const hash = [...`${metadata.namespace}/${metadata.name}`].reduce(
    (sum, it) => (sum * 31 + it.charCodeAt(0)) % 64_000,
    7,
  );
  return `10.100.${Math.floor(hash / 250)}.${(hash % 250) + 2}`;
};

const defaultService = (spec: JsonObject, service: KubeObject) => {
  const clusterIP = clusterIpOf(service);
  withDefaults(spec, {
    ...(spec.type !== 'ExternalName' && { clusterIP, clusterIPs: [clusterIP] }),
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
  });
  for (const port of objectsIn(spec.ports)) withDefaults(port, { protocol: 'TCP', targetPort: port.port });
};

const defaultAutoscaler = (spec: JsonObject) => {
  withDefaults(spec, {
    minReplicas: 1,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ],
  });
};

const defaultNamespace = (namespace: KubeObject) => {
  const { metadata } = namespace;
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  namespace.spec ??= { finalizers: ['kubernetes'] };
  namespace.status ??= { phase: 'Active' };
};

/** `stringData` is for writing only: it goes over `data` (core/v1, Secret). */
const defaultSecret = (secret: Secret) => {
  secret.type ??= 'Opaque';
  if (secret.stringData === undefined) return;
  const written = Object.entries(secret.stringData).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  secret.data = { ...secret.data, ...Object.fromEntries(written) };
  delete secret.stringData;
};

const DEFAULTS = new Map<Resource, (spec: JsonObject, object: KubeObject) => void>([
  [DEPLOYMENTS, defaultDeployment],
  [SERVICES, defaultService],
  [AUTOSCALERS, defaultAutoscaler],
  [PODS, defaultPodSpec],
  [
    REPLICA_SETS,
    (spec) => {
      withDefaults(spec, { replicas: 1 });
      defaultTemplate(spec.template);
    },
  ],
]);

/**
 * Fills in what the API server defaults (Kubernetes 1.30, `pkg/apis/*` `defaults.go`), in place. Templates must be whole
 * before they are compared, or a client that leaves defaults out would roll the pods.
 */
export const setDefaults = (resource: Resource, object: KubeObject): void => {
  if (resource === NAMESPACES) defaultNamespace(object);
  if (resource === SECRETS) defaultSecret(object as Secret);
  if (isObject(object.spec)) DEFAULTS.get(resource)?.(object.spec, object);
};
