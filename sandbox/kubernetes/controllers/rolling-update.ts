import type { Deployment, ReplicaSet } from '../objects.ts';

/** How many pods a ReplicaSet is to have. */
export interface Scaling {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
}

const share = (value: number | string | undefined, of: number, round: (value: number) => number): number => {
  if (typeof value !== 'string') return value ?? 0;
  return value.endsWith('%') ? round((Number(value.slice(0, -1)) * of) / 100) : Number(value);
};

/**
 * `maxSurge` (rounded up) and `maxUnavailable` (rounded down) in pods. Both 0 would stand still, so the latter is then 1
 * (Kubernetes `ResolveFenceposts`).
 */
export const limitsOf = ({ spec }: Deployment): { maxSurge: number; maxUnavailable: number } => {
  if (spec.strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const surge = share(maxSurge, spec.replicas, Math.ceil);
  const unavailable = share(maxUnavailable, spec.replicas, Math.floor);
  return {
    maxSurge: surge,
    maxUnavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, spec.replicas),
  };
};

const sum = (sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number): number =>
  sets.reduce((total, set) => total + of(set), 0);
const wanted = ({ spec }: ReplicaSet): number => spec.replicas;
const available = ({ status }: ReplicaSet): number => status?.availableReplicas ?? 0;

/** The new ReplicaSet grows as far as the surge lets it. */
const scaleNew = (deployment: Deployment, next: ReplicaSet, old: readonly ReplicaSet[]): Scaling[] => {
  const desired = deployment.spec.replicas;
  if (wanted(next) === desired) return [];
  if (wanted(next) > desired) return [{ replicaSet: next, replicas: desired }];
  const room = desired + limitsOf(deployment).maxSurge - wanted(next) - sum(old, wanted);
  const replicas = Math.min(desired, wanted(next) + Math.max(0, room));
  return replicas === wanted(next) ? [] : [{ replicaSet: next, replicas }];
};

/**
 * Old ReplicaSets shrink by what may be missing: first pods that serve nobody, then the oldest ReplicaSet's, as long as
 * `desired - maxUnavailable` stay available (Kubernetes `pkg/controller/deployment/rolling.go`). New pods that are not
 * available yet count as missing.
 */
const scaleOld = (deployment: Deployment, next: ReplicaSet, old: readonly ReplicaSet[]): Scaling[] => {
  const minAvailable = deployment.spec.replicas - limitsOf(deployment).maxUnavailable;
  let removable = available(next) + sum(old, wanted) - minAvailable;
  const left = new Map(old.map((set) => [set, wanted(set)]));
  const take = (set: ReplicaSet, count: number) => {
    const taken = Math.max(0, Math.min(count, removable, left.get(set) ?? 0));
    left.set(set, (left.get(set) ?? 0) - taken);
    removable -= taken;
  };
  for (const set of old) take(set, wanted(set) - available(set));
  for (const set of old) take(set, wanted(set));
  return [...left]
    .filter(([set, replicas]) => replicas !== wanted(set))
    .map(([replicaSet, replicas]) => ({ replicaSet, replicas }));
};

/** The next step of a rolling update; nothing when pods must become available first, or when all is done. */
export const rollingStep = (
  deployment: Deployment,
  next: ReplicaSet,
  old: readonly ReplicaSet[],
): Scaling[] => {
  const grow = scaleNew(deployment, next, old);
  return grow.length > 0 ? grow : scaleOld(deployment, next, old);
};

/** The next step of `Recreate`: all old pods go before a new one comes. `oldPods` counts those still ending. */
export const recreateStep = (
  deployment: Deployment,
  next: ReplicaSet,
  old: readonly ReplicaSet[],
  oldPods: number,
): Scaling[] => {
  const standing = old.filter((set) => wanted(set) > 0);
  if (standing.length > 0) return standing.map((replicaSet) => ({ replicaSet, replicas: 0 }));
  const isDue = oldPods === 0 && wanted(next) !== deployment.spec.replicas;
  return isDue ? [{ replicaSet: next, replicas: deployment.spec.replicas }] : [];
};

/** A paused Deployment still follows its number of replicas, in the ReplicaSet that serves most. */
export const pausedStep = (deployment: Deployment, sets: readonly ReplicaSet[]): Scaling[] => {
  const largest = [...sets].sort((a, b) => wanted(b) - wanted(a))[0];
  const difference = deployment.spec.replicas - sum(sets, wanted);
  if (largest === undefined || difference === 0) return [];
  return [{ replicaSet: largest, replicas: Math.max(0, wanted(largest) + difference) }];
};
