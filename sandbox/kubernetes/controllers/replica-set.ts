import type { Clock } from '../../clock.ts';
import type { Faults } from '../../faults.ts';
import type { Api } from '../api.ts';
import { withCondition, withoutCondition } from '../conditions.ts';
import type { Deletion } from '../deletion.ts';
import type { EventRecorder } from '../events.ts';
import { asJson, copyOf, type OwnerReference, type Pod, type ReplicaSet, timestamp } from '../objects.ts';
import { isPodReady, readySince } from '../pods/pod-status.ts';
import { PODS, REPLICA_SETS } from '../resources.ts';
import { StatusError } from '../status.ts';
import type { Store } from '../store.ts';
import { WorkQueue } from './work-queue.ts';

/** A pod that could not be created is tried again after this long. */
const RETRY_MILLISECONDS = 5_000;

export const CONTROLLER_USER = { user: 'system:kube-controller-manager', groups: ['system:masters'] };

/** The controller that an object belongs to. */
export const controllerOf = (object: {
  metadata: { ownerReferences?: OwnerReference[] };
}): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(({ controller }) => controller === true);

export const ownerReference = (owner: {
  apiVersion: string;
  kind: string;
  metadata: { name: string; uid: string };
}): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** Lower goes first: what serves least is deleted before what serves. */
const deletionRank = (pod: Pod): number => (pod.spec.nodeName === undefined ? 0 : isPodReady(pod) ? 2 : 1);

/** Keeps the number of pods of each ReplicaSet, and its status. */
export class ReplicaSetController {
  readonly queue: WorkQueue;
  readonly #store: Store;
  readonly #api: Api;
  readonly #deletion: Deletion;
  readonly #clock: Clock;
  readonly #events: EventRecorder;
  readonly #faults: Faults | undefined;
  readonly #refused = new Map<string, { message: string; retryAt: number }>();

  constructor(parts: {
    store: Store;
    api: Api;
    deletion: Deletion;
    clock: Clock;
    events: EventRecorder;
    faults: Faults | undefined;
  }) {
    this.#store = parts.store;
    this.#api = parts.api;
    this.#deletion = parts.deletion;
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#faults = parts.faults;
    this.queue = new WorkQueue(parts.clock, (key) => this.#reconcile(key));
    this.#store.onChange(({ resource, object }) => {
      const { namespace, name } = object.metadata;
      if (resource === REPLICA_SETS) this.queue.add(`${namespace}/${name}`);
      const owner = resource === PODS ? controllerOf(object) : undefined;
      if (owner?.kind === 'ReplicaSet') this.queue.add(`${namespace}/${owner.name}`);
    });
  }

  #reconcile(key: string): void {
    const [namespace, name = ''] = key.split('/');
    const replicaSet = this.#store.get(REPLICA_SETS, namespace, name);
    if (replicaSet === undefined || replicaSet.metadata.deletionTimestamp !== undefined) return;
    const pods = this.#podsOf(replicaSet);
    const missing = replicaSet.spec.replicas - pods.length;
    const failure = missing > 0 ? this.#createOrWait(replicaSet, missing) : undefined;
    if (missing < 0) this.#delete(replicaSet, pods, -missing);
    this.#writeStatus(replicaSet, failure);
  }

  #podsOf({ metadata }: ReplicaSet): Pod[] {
    return this.#store
      .list(PODS, metadata.namespace)
      .filter((it) => controllerOf(it)?.uid === metadata.uid && it.metadata.deletionTimestamp === undefined);
  }

  /** After a refusal, every other change waits for the time of the next try, too. */
  #createOrWait(replicaSet: ReplicaSet, count: number): string | undefined {
    const { uid, namespace, name } = replicaSet.metadata;
    const waiting = this.#refused.get(uid);
    const isWaiting = waiting !== undefined && this.#clock.now() < waiting.retryAt;
    const message = isWaiting ? waiting.message : this.#create(replicaSet, count);
    this.#refused.delete(uid);
    if (message === undefined) return undefined;
    const retryAt = isWaiting ? waiting.retryAt : this.#clock.now() + RETRY_MILLISECONDS;
    this.#refused.set(uid, { message, retryAt });
    this.queue.add(`${namespace}/${name}`, retryAt);
    return message;
  }

  /** Creates pods one after the other; the first refusal ends it and is returned. */
  #create(replicaSet: ReplicaSet, count: number): string | undefined {
    const { namespace, name } = replicaSet.metadata;
    const { metadata, spec } = copyOf(replicaSet.spec.template);
    for (let created = 0; created < count; created++) {
      try {
        // Pods are made in-process, so this call can't be lost: every armed fault is a refusal, as by quota or a webhook.
        const fault = this.#faults?.take('kubernetes.create.pods');
        if (fault !== undefined)
          throw new StatusError(fault.error, `pods "${name}-" is forbidden: ${fault.error}`);
        const body = {
          metadata: {
            ...metadata,
            generateName: `${name}-`,
            namespace,
            ownerReferences: [ownerReference(replicaSet)],
          },
          spec,
        };
        const options = { user: CONTROLLER_USER, fieldManager: 'kube-controller-manager' };
        const pod = this.#api.create({ resource: PODS, namespace }, asJson(body), options);
        this.#tell(replicaSet, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        this.#tell(replicaSet, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
        return error.message;
      }
    }
    return undefined;
  }

  #delete(replicaSet: ReplicaSet, pods: readonly Pod[], count: number): void {
    const youngestFirst = [...pods].reverse();
    const doomed = youngestFirst
      .sort((a, b) => deletionRank(a) - deletionRank(b) || byAge(a, b))
      .slice(0, count);
    for (const pod of doomed) {
      this.#deletion.delete(PODS, pod);
      this.#tell(replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    }
  }

  #writeStatus(replicaSet: ReplicaSet, failure: string | undefined): void {
    const pods = this.#podsOf(replicaSet);
    const now = this.#clock.now();
    const minReady = (replicaSet.spec.minReadySeconds ?? 0) * 1_000;
    const ready = pods.map(readySince).filter((since) => since !== undefined);
    const available = ready.filter((since) => since + minReady <= now).length;
    const next = Math.min(...ready.map((since) => since + minReady).filter((at) => at > now));
    if (Number.isFinite(next))
      this.queue.add(`${replicaSet.metadata.namespace}/${replicaSet.metadata.name}`, next);
    this.#store.change(REPLICA_SETS, replicaSet, (draft) => {
      const failed = {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: failure ?? '',
      };
      const conditions =
        failure === undefined
          ? withoutCondition(draft.status?.conditions, 'ReplicaFailure')
          : withCondition(draft.status?.conditions, failed, timestamp(now));
      draft.status = {
        replicas: pods.length,
        ...(pods.length > 0 && { fullyLabeledReplicas: pods.length }),
        ...(ready.length > 0 && { readyReplicas: ready.length }),
        ...(available > 0 && { availableReplicas: available }),
        observedGeneration: draft.metadata.generation ?? 1,
        ...(conditions.length > 0 && { conditions }),
      };
    });
  }

  #tell(about: ReplicaSet, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record(about, 'replicaset-controller', type, reason, message);
  }
}

const byAge = (a: Pod, b: Pod): number =>
  a.metadata.creationTimestamp > b.metadata.creationTimestamp ? -1 : 1;
