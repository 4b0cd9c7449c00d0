import type { Deployment, Pod, ReplicaSet } from './objects.ts';
import { containersOf } from './trouble.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const TEMPLATE_HASH = 'pod-template-hash';
/** The sidecar of App Mesh (aws-app-mesh-controller-for-k8s, pkg/inject). */
const ENVOY = 'envoy';

/** Whether a pod still runs: evicted pods stay listed as Failed, and are replaced. */
const lives = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && !['Failed', 'Succeeded'].includes(status?.phase ?? '');

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some((it) => it.type === 'Ready' && it.status === 'True') === true;

/** The pods of a Deployment's newest ReplicaSet that are there to stay. */
export const podsOfNewest = (
  { metadata }: Deployment,
  replicaSets: readonly ReplicaSet[],
  pods: readonly Pod[],
): readonly Pod[] => {
  const newest = replicaSets.find(
    (set) =>
      set.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) === true &&
      set.metadata.annotations?.[REVISION] === metadata.annotations?.[REVISION],
  );
  const hash = newest?.metadata.labels?.[TEMPLATE_HASH];
  if (hash === undefined) return [];
  return pods.filter((pod) => pod.metadata.labels?.[TEMPLATE_HASH] === hash && lives(pod));
};

/** Restarts of all containers of these pods. */
export const restartsOf = (pods: readonly Pod[]): number =>
  pods.flatMap(containersOf).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);

/**
 * A pod that is not in the mesh: the sidecar is given when a pod is created, so one that lacks it never gets it.
 * @param counted whether the pods count as ready already, so that their sidecars must be ready too
 */
export const withoutEnvoy = (pods: readonly Pod[], counted: boolean): string | undefined => {
  for (const pod of pods) {
    const { containers, initContainers = [] } = pod.spec;
    if (![...containers, ...initContainers].some(({ name }) => name === ENVOY))
      return `pod ${pod.metadata.name} is not in the mesh: it has no container ${ENVOY}; see that a VirtualNode selects the pod's labels and that its namespace has sidecar injection on`;
    const envoy = containersOf(pod).find(({ name }) => name === ENVOY);
    if (counted && isReady(pod) && envoy?.ready !== true)
      return `pod ${pod.metadata.name} is not in the mesh: its container ${ENVOY} is not ready`;
  }
  return undefined;
};
