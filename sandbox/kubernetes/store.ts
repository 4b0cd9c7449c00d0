import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { copyOf, type KubeObject, randomUid, timestamp } from './objects.ts';
import { qualifiedName, type Resource } from './resources.ts';
import { notFound, StatusError } from './status.ts';

/** One change of one object. `revision` is the resourceVersion that the change made. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  readonly revision: number;
}

/** Changes kept for watches that resume; an older resourceVersion is answered 410 `Expired`. */
const KEPT_CHANGES = 10_000;

const keyOf = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`;

/** What etcd is to an API server: objects by kind and name, one counter of revisions, and the recent changes. */
export class Store {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #changes: Change[] = [];
  #revision = 1;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** The revision of the newest change. */
  get revision(): number {
    return this.#revision;
  }

  get<T extends KubeObject>(
    resource: Resource<T>,
    namespace: string | undefined,
    name: string,
  ): T | undefined {
    return this.#table(resource).get(keyOf(namespace, name)) as T | undefined;
  }

  /** All objects of a kind, of one namespace or of all, by namespace and name. */
  list<T extends KubeObject>(resource: Resource<T>, namespace?: string): T[] {
    const all = [...this.#table(resource).entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    const objects = all.map(([, object]) => object as T);
    return namespace === undefined ? objects : objects.filter((it) => it.metadata.namespace === namespace);
  }

  /** The object with what the server sets on creation, not stored: also what a dry run answers. */
  stamped<T extends KubeObject>(resource: Resource<T>, object: T): T {
    const next = copyOf(object);
    next.metadata.uid = randomUid(this.#random);
    next.metadata.creationTimestamp = timestamp(this.#clock.now());
    if (resource.generation) next.metadata.generation = 1;
    return next;
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T): T {
    return this.#put('ADDED', resource, this.stamped(resource, object), undefined);
  }

  /** The object with its generation raised if its spec differs, not stored. */
  advanced<T extends KubeObject>(resource: Resource<T>, object: T, previous: T): T {
    const next = copyOf(object);
    if (resource.generation && !isDeepStrictEqual(next.spec, previous.spec)) {
      next.metadata.generation = (previous.metadata.generation ?? 1) + 1;
    }
    return next;
  }

  /** Replaces a stored object. A write that changes nothing makes no new revision. */
  replace<T extends KubeObject>(resource: Resource<T>, object: T): T {
    const { namespace, name } = object.metadata;
    const previous = this.get(resource, namespace, name);
    if (previous === undefined) throw notFound(resource, name);
    const next = this.advanced(resource, object, previous);
    next.metadata.resourceVersion = previous.metadata.resourceVersion;
    if (isDeepStrictEqual(next, previous)) return previous;
    return this.#put('MODIFIED', resource, next, previous);
  }

  /** Changes a copy of the stored object, for controllers; undefined when it is gone. */
  change<T extends KubeObject>(resource: Resource<T>, object: T, edit: (draft: T) => void): T | undefined {
    const live = this.get(resource, object.metadata.namespace, object.metadata.name);
    if (live === undefined || live.metadata.uid !== object.metadata.uid) return undefined;
    const draft = copyOf(live);
    edit(draft);
    return this.replace(resource, draft);
  }

  remove(resource: Resource, namespace: string | undefined, name: string): KubeObject {
    const previous = this.get(resource, namespace, name);
    if (previous === undefined) throw notFound(resource, name);
    this.#table(resource).delete(keyOf(namespace, name));
    const object = copyOf(previous);
    this.#record({ type: 'DELETED', resource, object, previous, revision: ++this.#revision });
    return object;
  }

  /** Hears every change at once. Returns a function that ends it. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The changes after a revision, oldest first. Throws `Expired` when they are no longer kept. */
  since(revision: number): readonly Change[] {
    const oldest = this.#changes[0]?.revision ?? this.#revision;
    if (this.#changes.length === KEPT_CHANGES && revision < oldest - 1) {
      throw new StatusError('Expired', `too old resource version: ${revision} (${oldest})`);
    }
    return this.#changes.filter((change) => change.revision > revision);
  }

  #table(resource: Resource): Map<string, KubeObject> {
    const key = qualifiedName(resource);
    const table = this.#objects.get(key) ?? new Map<string, KubeObject>();
    this.#objects.set(key, table);
    return table;
  }

  #put<T extends KubeObject>(
    type: Change['type'],
    resource: Resource<T>,
    object: T,
    previous: T | undefined,
  ): T {
    object.metadata.resourceVersion = String(++this.#revision);
    this.#table(resource).set(keyOf(object.metadata.namespace, object.metadata.name), object);
    this.#record({ type, resource, object, previous, revision: this.#revision });
    return object;
  }

  #record(change: Change): void {
    change.object.metadata.resourceVersion = String(change.revision);
    this.#changes.push(change);
    if (this.#changes.length > KEPT_CHANGES) this.#changes.shift();
    for (const listener of [...this.#listeners]) listener(change);
  }
}
