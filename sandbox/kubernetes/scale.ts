import {
  copyOf,
  type Deployment,
  isObject,
  type JsonObject,
  type KubeObject,
  type ReplicaSet,
} from './objects.ts';
import { badRequest } from './status.ts';

type Scalable = Deployment | ReplicaSet;

const selectorText = ({ spec }: Scalable): string =>
  Object.entries(spec.selector.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** The `autoscaling/v1` Scale of a workload. */
export const scaleOf = (object: KubeObject): JsonObject => {
  const workload = object as Scalable;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = workload.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: workload.spec.replicas === 0 ? {} : { replicas: workload.spec.replicas },
    status: { replicas: workload.status?.replicas ?? 0, selector: selectorText(workload) },
  };
};

/** The workload with the replicas of a changed Scale. A Scale without `spec.replicas` means 0. */
export const withScale = (workload: JsonObject, scale: JsonObject): JsonObject => {
  const replicas = (isObject(scale.spec) ? scale.spec.replicas : undefined) ?? 0;
  if (!Number.isInteger(replicas))
    throw badRequest(`spec.replicas: an integer is wanted, got ${JSON.stringify(replicas)}`);
  const next = copyOf(workload);
  next.spec = { ...(next.spec as JsonObject), replicas };
  const version = isObject(scale.metadata) ? scale.metadata.resourceVersion : undefined;
  if (typeof version === 'string')
    next.metadata = { ...(next.metadata as JsonObject), resourceVersion: version };
  return next;
};
