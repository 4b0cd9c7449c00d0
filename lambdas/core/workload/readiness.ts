import type { PodsWatch } from '../tasks.ts';
import { Annotation } from './annotations.ts';
import type { Condition, Deployment, Pod, ReplicaSet } from './objects.ts';
import { podsOfNewest, restartsOf, withoutEnvoy } from './pods.ts';
import { templateHash } from './template-hash.ts';
import { type Trouble, troublesOf } from './trouble.ts';

/** What one look at a Deployment and its pods says. */
export interface Readiness {
  readonly state: 'ready' | 'pending' | 'failed';
  /** The watch to look with next time. */
  readonly watch: PodsWatch;
  /** What is still missing, in Flagger's words; or why it failed. Empty when nothing is missing. */
  readonly say: string;
  /** Whether it is worth an event: not while all is well and only watched a little longer. */
  readonly telling: boolean;
}

/** What was read of the cluster in one poll. */
export interface Observed {
  /** Undefined when it is not there. */
  readonly deployment: Deployment | undefined;
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly Pod[];
}

export interface ReadinessOptions {
  /** Whether traffic comes through an Envoy sidecar, so that a pod without one gets none. */
  readonly inMesh: boolean;
}

/** A ReplicaFailure (quota, a webhook's denial) may heal within this time. */
const REPLICA_FAILURE_SECONDS = 60;
/** Two good looks lie at least so far apart, so that a pod that dies right after becoming ready is seen. */
const STEADY_SECONDS = 10;
const STEADY_POLLS = 2;

const condition = ({ status }: Deployment, type: string): Condition | undefined =>
  status?.conditions?.find((it) => it.type === type);

/** Steps 2 and 3: what no waiting heals. */
const lost = (deployment: Deployment | undefined, watch: PodsWatch): string | undefined => {
  const name = watch.deployment;
  if (deployment === undefined) return `deployment ${name} is gone`;
  const { metadata, spec } = deployment;
  if (metadata.uid !== watch.uid || metadata.deletionTimestamp !== undefined)
    return `deployment ${name} was replaced or is being deleted`;
  if (spec.paused) return `deployment ${name} is paused: kubectl rollout resume deployment/${name}`;
  for (const [container, image] of Object.entries(watch.images)) {
    const found = spec.template.spec.containers.find((it) => it.name === container);
    if (found === undefined) return `superseded: somebody removed container ${container} from ${name}`;
    if (found.image !== image)
      return `superseded: somebody set container ${container} of ${name} to ${found.image} (${image} was deployed)`;
  }
  const tested = metadata.annotations?.[Annotation.Template];
  if (tested !== undefined && tested !== templateHash(spec.template))
    return `superseded: somebody changed the pod template of ${name}`;
  return undefined;
};

const NOT_OBSERVED = 'observed deployment generation less than desired generation';

/** Steps 4 and 7: what the rollout of the Deployment is waiting for, in the words of Flagger and kubectl; undefined when done. */
const waitingFor = ({ metadata, spec, status }: Deployment): string | undefined => {
  const desired = spec.replicas ?? 1;
  const updated = status?.updatedReplicas ?? 0;
  const total = status?.replicas ?? 0;
  const available = status?.availableReplicas ?? 0;
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return NOT_OBSERVED;
  if (updated < desired) return `${updated} out of ${desired} new replicas have been updated`;
  if (total > updated) return `${total - updated} old replicas are pending termination`;
  if (available < updated)
    return `${available} of ${updated} (readyThreshold 100%) updated replicas are available`;
  return undefined;
};

/** Steps 5 and 6, once the controller has seen the change. */
const stopped = (deployment: Deployment): string | undefined => {
  const progress = condition(deployment, 'Progressing');
  const { name } = deployment.metadata;
  if (progress?.status === 'False' && progress.reason === 'ProgressDeadlineExceeded')
    return `deployment "${name}" exceeded its progress deadline`;
  return (deployment.spec.replicas ?? 1) < 1 ? `deployment ${name} is scaled to zero` : undefined;
};

const replicaFailure = (deployment: Deployment): Trouble | undefined => {
  const failure = condition(deployment, 'ReplicaFailure');
  if (failure?.status !== 'True') return undefined;
  return {
    key: 'ReplicaFailure',
    text: `pods cannot be created: ${failure.message ?? failure.reason ?? 'no reason given'}`,
    fails: { seconds: REPLICA_FAILURE_SECONDS },
  };
};

/**
 * When waiting ends: the watch's own deadline, or as long again after the rollout's last progress. A Deployment with many
 * pods, replaced a few at a time, takes long and is no failure; Kubernetes notes each step in this condition.
 */
const deadlineOf = (deployment: Deployment, { startedAt, deadlineAt }: PodsWatch): number => {
  const progressed = condition(deployment, 'Progressing')?.lastUpdateTime;
  const deadline = Date.parse(deadlineAt);
  if (progressed === undefined) return deadline;
  return Math.max(deadline, Date.parse(progressed) + deadline - Date.parse(startedAt));
};

const counted = (watch: PodsWatch, troubles: readonly Trouble[], now: string): PodsWatch['troubles'] =>
  Object.fromEntries(
    troubles.map(({ key }) => {
      const before = watch.troubles[key];
      return [key, { since: before?.since ?? now, polls: (before?.polls ?? 0) + 1 }];
    }),
  );

const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;

const isOver = ({ key, fails }: Trouble, seen: PodsWatch['troubles'], now: string): boolean => {
  const { since, polls } = seen[key] ?? { since: now, polls: 0 };
  if (fails === 'atOnce') return true;
  if (fails === 'never') return false;
  return 'polls' in fails ? polls >= fails.polls : secondsBetween(since, now) >= fails.seconds;
};

const streak = (watch: PodsWatch, good: boolean, restarts: number, now: string) => {
  if (!good || (restarts > watch.restarts && watch.okStreak > 0)) return { okStreak: 0 };
  return { okStreak: watch.okStreak + 1, okSince: watch.okSince ?? now };
};

const steady = ({ okStreak, okSince }: ReturnType<typeof streak>, minReady: number, now: string): boolean =>
  okSince !== undefined &&
  okStreak >= STEADY_POLLS &&
  secondsBetween(okSince, now) >= Math.max(STEADY_SECONDS, minReady);

/**
 * One poll of the readiness algorithm (facts: Kubernetes semantics, steps 2 to 10; step 1 is the client's). Pure: what it
 * must remember is in the watch.
 */
export const readiness = (
  { deployment, replicaSets, pods }: Observed,
  watch: PodsWatch,
  now: string,
  { inMesh }: ReadinessOptions,
): Readiness => {
  const reason = lost(deployment, watch);
  if (deployment === undefined || reason !== undefined)
    return { state: 'failed', watch, say: reason ?? '', telling: true };
  const waiting = waitingFor(deployment);
  const observed = waiting !== NOT_OBSERVED;
  // Before the controller has seen the change, its newest ReplicaSet is the one of before.
  const newest = observed ? podsOfNewest(deployment, replicaSets, pods) : [];
  const restarts = restartsOf(newest);
  const failure = replicaFailure(deployment);
  const podTroubles = waiting === undefined ? [] : troublesOf(newest);
  const troubles = failure === undefined ? podTroubles : [failure, ...podTroubles];
  const seen = counted(watch, troubles, now);
  const { okSince: _, ...before } = watch;
  const run = streak(watch, waiting === undefined && failure === undefined, restarts, now);
  const next: PodsWatch = { ...before, ...run, troubles: seen, restarts };

  const why = podTroubles[0] === undefined ? '' : `; ${podTroubles[0].text}`;
  const end = observed ? stopped(deployment) : undefined;
  const fatal =
    troubles.find((trouble) => isOver(trouble, seen, now))?.text ??
    (end === undefined ? undefined : `${end}${why}`) ??
    (inMesh ? withoutEnvoy(newest, waiting === undefined) : undefined);
  if (fatal !== undefined) return { state: 'failed', watch: next, say: fatal, telling: true };
  if (steady(run, deployment.spec.minReadySeconds ?? 0, now))
    return { state: 'ready', watch: next, say: '', telling: false };
  const restarted = run.okStreak === 0 ? 'containers restarted' : undefined;
  const missing = waiting ?? failure?.text ?? restarted;
  const text = `${missing ?? 'pods are watched a little longer'}${why}`;
  if (Date.parse(now) > deadlineOf(deployment, watch))
    return { state: 'failed', watch: next, say: `not ready in time: ${text}`, telling: true };
  const telling = missing !== undefined;
  return { state: 'pending', watch: next, say: `waiting for rollout to finish: ${text}`, telling };
};
