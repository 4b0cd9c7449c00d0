import type { Clock } from '../../clock.ts';
import type { EventRecorder } from '../events.ts';
import {
  copyOf,
  type Deployment,
  type Metadata,
  nameHash,
  type PodTemplate,
  type ReplicaSet,
} from '../objects.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../resources.ts';
import type { Store } from '../store.ts';
import { deploymentStatus, progressDeadline } from './deployment-status.ts';
import { controllerOf, ownerReference } from './replica-set.ts';
import { limitsOf, pausedStep, recreateStep, rollingStep, type Scaling } from './rolling-update.ts';
import { WorkQueue } from './work-queue.ts';

const REVISION = 'deployment.kubernetes.io/revision';
export const TEMPLATE_HASH = 'pod-template-hash';

const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[REVISION] ?? 0);

const withHash = (template: PodTemplate, hash: string): PodTemplate => ({
  ...template,
  metadata: { ...template.metadata, labels: { ...template.metadata.labels, [TEMPLATE_HASH]: hash } },
});

/** Rolls Deployments: one ReplicaSet per pod template, grown and shrunk within surge and unavailability. */
export class DeploymentController {
  readonly queue: WorkQueue;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #events: EventRecorder;

  constructor(parts: { store: Store; clock: Clock; events: EventRecorder }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.queue = new WorkQueue(parts.clock, (key) => this.#reconcile(key));
    this.#store.onChange(({ type, resource, object }) => {
      const { namespace, name } = object.metadata;
      if (resource === DEPLOYMENTS) this.queue.add(`${namespace}/${name}`);
      const owner = resource === REPLICA_SETS ? controllerOf(object) : undefined;
      if (owner?.kind === 'Deployment') this.queue.add(`${namespace}/${owner.name}`);
      // Recreate waits for the last old pod to be gone, which no ReplicaSet's status tells.
      if (resource === PODS && type === 'DELETED') this.#wakeRecreate(namespace ?? '');
    });
  }

  #wakeRecreate(namespace: string): void {
    for (const { spec, metadata } of this.#store.list(DEPLOYMENTS, namespace)) {
      if (spec.strategy?.type === 'Recreate') this.queue.add(`${namespace}/${metadata.name}`);
    }
  }

  #reconcile(key: string): void {
    const [namespace, name = ''] = key.split('/');
    const deployment = this.#store.get(DEPLOYMENTS, namespace, name);
    if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return;
    const hash = nameHash(deployment.spec.template);
    const next =
      this.#setsOf(deployment).find((it) => it.metadata.labels?.[TEMPLATE_HASH] === hash) ??
      this.#createSet(deployment, hash);
    if (next !== undefined && !deployment.spec.paused) this.#raiseRevision(deployment, next);
    this.#scale(deployment, hash);
    this.#forgetOldSets(deployment, hash);
    this.#writeStatus(deployment, hash);
  }

  #setsOf({ metadata }: Deployment): ReplicaSet[] {
    return this.#store
      .list(REPLICA_SETS, metadata.namespace)
      .filter((it) => controllerOf(it)?.uid === metadata.uid);
  }

  /** The ReplicaSet of the current template, not yet scaled; none while the Deployment is paused. */
  #createSet(deployment: Deployment, hash: string): ReplicaSet | undefined {
    if (deployment.spec.paused) return undefined;
    const { name, namespace } = deployment.metadata;
    const template = withHash(copyOf(deployment.spec.template), hash);
    const { selector, minReadySeconds } = deployment.spec;
    return this.#store.create(REPLICA_SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace !== undefined && { namespace }),
        labels: template.metadata.labels ?? {},
        annotations: {},
        ownerReferences: [ownerReference(deployment)],
      } as unknown as Metadata,
      spec: {
        replicas: 0,
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
        template,
        ...(minReadySeconds !== undefined && { minReadySeconds }),
      },
    });
  }

  /** A template that is current again gets the newest number, as `kubectl rollout undo` shows. */
  #raiseRevision(deployment: Deployment, next: ReplicaSet): void {
    const others = this.#setsOf(deployment).filter((it) => it.metadata.uid !== next.metadata.uid);
    const newest = Math.max(0, ...others.map(revisionOf));
    const revision = String(revisionOf(next) > newest ? revisionOf(next) : newest + 1);
    const { maxSurge } = limitsOf(deployment);
    const cause = deployment.metadata.annotations?.['kubernetes.io/change-cause'];
    this.#store.change(REPLICA_SETS, next, ({ metadata }) => {
      metadata.annotations = {
        ...metadata.annotations,
        [REVISION]: revision,
        'deployment.kubernetes.io/desired-replicas': String(deployment.spec.replicas),
        'deployment.kubernetes.io/max-replicas': String(deployment.spec.replicas + maxSurge),
        ...(cause !== undefined && { 'kubernetes.io/change-cause': cause }),
      };
    });
    this.#store.change(DEPLOYMENTS, deployment, ({ metadata }) => {
      metadata.annotations = { ...metadata.annotations, [REVISION]: revision };
    });
  }

  #scale(deployment: Deployment, hash: string): void {
    const sets = this.#setsOf(deployment);
    const next = sets.find((it) => it.metadata.labels?.[TEMPLATE_HASH] === hash);
    const old = sets.filter((it) => it !== next).sort((a, b) => revisionOf(a) - revisionOf(b));
    for (const scaling of this.#steps(deployment, next, old)) this.#scaleSet(deployment, scaling);
  }

  #steps(deployment: Deployment, next: ReplicaSet | undefined, old: readonly ReplicaSet[]): Scaling[] {
    if (deployment.spec.paused || next === undefined)
      return pausedStep(deployment, next === undefined ? old : [next, ...old]);
    if (deployment.spec.strategy?.type !== 'Recreate') return rollingStep(deployment, next, old);
    const oldUids = new Set(old.map(({ metadata }) => metadata.uid));
    const oldPods = this.#store
      .list(PODS, deployment.metadata.namespace)
      .filter((it) => oldUids.has(controllerOf(it)?.uid ?? ''));
    return recreateStep(deployment, next, old, oldPods.length);
  }

  #scaleSet(deployment: Deployment, { replicaSet, replicas }: Scaling): void {
    const direction = replicas > replicaSet.spec.replicas ? 'up' : 'down';
    const text = `Scaled ${direction} replica set ${replicaSet.metadata.name} from ${replicaSet.spec.replicas} to ${replicas}`;
    this.#store.change(REPLICA_SETS, replicaSet, ({ spec }) => {
      spec.replicas = replicas;
    });
    this.#events.record(deployment, 'deployment-controller', 'Normal', 'ScalingReplicaSet', text);
  }

  #forgetOldSets(deployment: Deployment, hash: string): void {
    const idle = this.#setsOf(deployment)
      .filter(
        (it) =>
          it.metadata.labels?.[TEMPLATE_HASH] !== hash &&
          it.spec.replicas === 0 &&
          (it.status?.replicas ?? 0) === 0,
      )
      .sort((a, b) => revisionOf(a) - revisionOf(b));
    const surplus = Math.max(0, idle.length - (deployment.spec.revisionHistoryLimit ?? 10));
    for (const { metadata } of idle.slice(0, surplus))
      this.#store.remove(REPLICA_SETS, metadata.namespace, metadata.name);
  }

  #writeStatus(deployment: Deployment, hash: string): void {
    const sets = this.#setsOf(deployment);
    const next = sets.find((it) => it.metadata.labels?.[TEMPLATE_HASH] === hash);
    const written = this.#store.change(DEPLOYMENTS, deployment, (draft) => {
      draft.status = deploymentStatus(draft, next, sets, this.#clock.now());
    });
    const deadline = written && progressDeadline(written);
    if (deadline !== undefined) {
      this.queue.add(
        `${deployment.metadata.namespace}/${deployment.metadata.name}`,
        Math.max(deadline, this.#clock.now()),
      );
    }
  }
}
