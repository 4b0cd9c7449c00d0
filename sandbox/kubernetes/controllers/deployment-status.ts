import type { DeploymentStatus } from 'kubernetes-types/apps/v1.js';
import { type Condition, withCondition, withoutCondition } from '../conditions.ts';
import { type Deployment, type ReplicaSet, timestamp } from '../objects.ts';
import { limitsOf } from './rolling-update.ts';

const total = (
  sets: readonly ReplicaSet[],
  field: 'replicas' | 'readyReplicas' | 'availableReplicas',
): number => sets.reduce((sum, { status }) => sum + (status?.[field] ?? 0), 0);

interface Counts {
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

const isComplete = ({ spec }: Deployment, { replicas, updated, available }: Counts): boolean =>
  updated === spec.replicas && replicas === spec.replicas && available === spec.replicas;

const hasProgressed = ({ status }: Deployment, counts: Counts): boolean => {
  const old = { updated: status?.updatedReplicas ?? 0, replicas: status?.replicas ?? 0 };
  const oldPods = old.replicas - old.updated;
  return (
    counts.updated > old.updated ||
    counts.replicas - counts.updated < oldPods ||
    counts.ready > (status?.readyReplicas ?? 0) ||
    counts.available > (status?.availableReplicas ?? 0)
  );
};

const progressing = (status: 'True' | 'False' | 'Unknown', reason: string, message: string): Condition => ({
  type: 'Progressing',
  status,
  reason,
  message,
});

/** When the rollout runs out of time, epoch milliseconds; undefined when it is complete or has failed already. */
export const progressDeadline = (deployment: Deployment): number | undefined => {
  const current = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
  if (
    current?.lastUpdateTime === undefined ||
    current.reason === 'NewReplicaSetAvailable' ||
    current.status !== 'True'
  )
    return undefined;
  return Date.parse(current.lastUpdateTime) + (deployment.spec.progressDeadlineSeconds ?? 600) * 1_000;
};

/**
 * `Progressing` follows `pkg/controller/deployment/progress.go`: complete, still moving, or timed out when nothing moved
 * for `progressDeadlineSeconds`. A changed template starts a new count.
 */
const progressOf = (
  deployment: Deployment,
  next: ReplicaSet | undefined,
  counts: Counts,
  now: number,
): Condition => {
  const current = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
  const subject =
    next === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${next.metadata.name}"`;
  if (deployment.spec.paused) return progressing('Unknown', 'DeploymentPaused', 'Deployment is paused');
  const name = next?.metadata.name ?? deployment.metadata.name;
  const names = current?.message?.includes(`"${name}"`) === true;
  if (isComplete(deployment, counts)) {
    return progressing('True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`);
  }
  // A finished rollout stays finished: scaling, or a pod that is replaced, starts no new count.
  if (current?.reason === 'NewReplicaSetAvailable' && names && counts.replicas === counts.updated)
    return current;
  const isStarted = current === undefined || !names || current.status === 'Unknown';
  if (isStarted && counts.updated === 0)
    return progressing('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  if (isStarted || hasProgressed(deployment, counts)) {
    return progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`);
  }
  const deadline = progressDeadline(deployment);
  if (deadline !== undefined && now >= deadline) {
    return progressing('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`);
  }
  return current;
};

const availableOf = (deployment: Deployment, { available }: Counts): Condition =>
  available >= deployment.spec.replicas - limitsOf(deployment).maxUnavailable
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };

const updatedOn = (
  current: readonly Condition[],
  next: Condition,
  now: string,
  isMove: boolean,
): Condition[] => {
  const before = current.find(({ type }) => type === next.type);
  const isSame = before?.status === next.status && before.reason === next.reason && !isMove;
  return withCondition(
    current,
    { ...next, lastUpdateTime: isSame ? (before?.lastUpdateTime ?? now) : now },
    now,
  );
};

/** The status of a Deployment from the status of its ReplicaSets. Zero counts are left out, as the API server does. */
export const deploymentStatus = (
  deployment: Deployment,
  next: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
  milliseconds: number,
): DeploymentStatus => {
  const now = timestamp(milliseconds);
  const counts: Counts = {
    replicas: total(sets, 'replicas'),
    updated: total(next === undefined ? [] : [next], 'replicas'),
    ready: total(sets, 'readyReplicas'),
    available: total(sets, 'availableReplicas'),
  };
  const unavailable = Math.max(0, sets.reduce((sum, { spec }) => sum + spec.replicas, 0) - counts.available);
  const failure = sets
    .flatMap(({ status }) => status?.conditions ?? [])
    .find(({ type }) => type === 'ReplicaFailure');
  let conditions: Condition[] = (deployment.status?.conditions ?? []) as Condition[];
  conditions = updatedOn(conditions, availableOf(deployment, counts), now, false);
  const progress = progressOf(deployment, next, counts, milliseconds);
  const isMove =
    progress.status === 'True' && !isComplete(deployment, counts) && hasProgressed(deployment, counts);
  conditions = updatedOn(conditions, progress, now, isMove);
  conditions =
    failure === undefined
      ? withoutCondition(conditions, 'ReplicaFailure')
      : updatedOn(conditions, failure, now, false);
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...(counts.replicas > 0 && { replicas: counts.replicas }),
    ...(counts.updated > 0 && { updatedReplicas: counts.updated }),
    ...(counts.ready > 0 && { readyReplicas: counts.ready }),
    ...(counts.available > 0 && { availableReplicas: counts.available }),
    ...(unavailable > 0 && { unavailableReplicas: unavailable }),
    conditions: conditions as NonNullable<DeploymentStatus['conditions']>,
  };
};
