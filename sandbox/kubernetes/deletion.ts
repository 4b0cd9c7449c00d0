import type { Clock } from '../clock.ts';
import { isObject, type JsonObject, type KubeObject, type Pod, timestamp } from './objects.ts';
import { NAMESPACES, PODS, RESOURCES, type Resource } from './resources.ts';
import { staleVersion } from './status.ts';
import type { Change, Store } from './store.ts';

/** How long the processes of a pod take to end after SIGTERM; a shorter grace period cuts it. */
const SHUTDOWN_MILLISECONDS = 1_000;

/** Removes objects as the API server, the kubelet and the garbage collector do together. */
export class Deletion {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    store.onChange((change) => this.#collect(change));
  }

  /**
   * Deletes one object by `DeleteOptions`: preconditions are checked, finalizers and a pod's grace period are waited for,
   * dependents go with their owner unless the policy is `Orphan`. Returns the object as it was or is now.
   */
  delete(resource: Resource, live: KubeObject, options: JsonObject = {}): KubeObject {
    const preconditions = isObject(options.preconditions) ? options.preconditions : {};
    const { uid, resourceVersion, finalizers = [] } = live.metadata;
    if (
      (preconditions.uid ?? uid) !== uid ||
      (preconditions.resourceVersion ?? resourceVersion) !== resourceVersion
    ) {
      throw staleVersion(resource, live.metadata.name);
    }
    if (Array.isArray(options.dryRun) && options.dryRun.includes('All')) return live;
    if (options.propagationPolicy === 'Orphan') this.#orphan(live);
    if (resource === PODS) return this.#terminate(live as Pod, options.gracePeriodSeconds);
    if (resource === NAMESPACES) this.#empty(live);
    if (finalizers.length > 0) return this.#mark(resource, live, 0);
    return this.#store.remove(resource, live.metadata.namespace, live.metadata.name);
  }

  #mark(resource: Resource, live: KubeObject, graceSeconds: number): KubeObject {
    if (live.metadata.deletionTimestamp !== undefined) return live;
    const marked = this.#store.change(resource, live, ({ metadata }) => {
      metadata.deletionTimestamp = timestamp(this.#clock.now() + graceSeconds * 1_000);
      metadata.deletionGracePeriodSeconds = graceSeconds;
    });
    return marked ?? live;
  }

  #terminate(pod: Pod, asked: unknown): KubeObject {
    const { name, namespace, uid } = pod.metadata;
    const grace = typeof asked === 'number' ? asked : (pod.spec.terminationGracePeriodSeconds ?? 30);
    if (grace === 0 || pod.spec.nodeName === undefined) return this.#store.remove(PODS, namespace, name);
    const isFirst = pod.metadata.deletionTimestamp === undefined;
    const marked = this.#mark(PODS, pod, grace);
    if (isFirst) {
      this.#clock.schedule(this.#clock.now() + Math.min(SHUTDOWN_MILLISECONDS, grace * 1_000), () => {
        if (this.#store.get(PODS, namespace, name)?.metadata.uid === uid) {
          this.#store.remove(PODS, namespace, name);
        }
      });
    }
    return marked;
  }

  #empty({ metadata: { name } }: KubeObject): void {
    for (const resource of RESOURCES.filter((it) => it.namespaced)) {
      for (const object of this.#store.list(resource, name)) {
        if (this.#store.get(resource, name, object.metadata.name)) {
          this.#store.remove(resource, name, object.metadata.name);
        }
      }
    }
  }

  #dependentsOf(owner: KubeObject): { resource: Resource; object: KubeObject }[] {
    const isOwned = ({ metadata }: KubeObject) =>
      metadata.ownerReferences?.some((it) => it.uid === owner.metadata.uid);
    return RESOURCES.filter((it) => it.namespaced).flatMap((resource) =>
      this.#store
        .list(resource, owner.metadata.namespace)
        .filter(isOwned)
        .map((object) => ({ resource, object })),
    );
  }

  #orphan(owner: KubeObject): void {
    for (const { resource, object } of this.#dependentsOf(owner)) {
      this.#store.change(resource, object, ({ metadata }) => {
        metadata.ownerReferences = (metadata.ownerReferences ?? []).filter(
          (it) => it.uid !== owner.metadata.uid,
        );
      });
    }
  }

  #collect({ type, resource, object }: Change): void {
    if (type !== 'DELETED' || resource === PODS || resource.plural === 'events') return;
    for (const dependent of this.#dependentsOf(object)) this.delete(dependent.resource, dependent.object);
  }
}
