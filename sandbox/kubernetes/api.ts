import type { Clock } from '../clock.ts';
import type { Admission, Review, User } from './admission.ts';
import { setDefaults } from './defaults.ts';
import { afterUpdate, type Manager } from './fields/managed-fields.ts';
import { assertApplicable, serverSideApply } from './fields/server-side-apply.ts';
import {
  asJson,
  copyOf,
  type JsonObject,
  type KubeObject,
  randomSuffix,
  timestamp,
  withoutNulls,
} from './objects.ts';
import { apiVersionOf, NAMESPACES, PODS, type Resource } from './resources.ts';
import { alreadyExists, badRequest, notFound, StatusError, staleVersion } from './status.ts';
import type { Store } from './store.ts';
import { validate } from './validation.ts';

/** Which object a request is about. `name` is undefined for a whole list. */
export interface Target<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** How a write is to be done. */
export interface WriteOptions {
  readonly user: User;
  readonly fieldManager: string;
  readonly dryRun?: boolean;
}

/** The writing verbs of the API: defaults, validation, admission, field ownership, storage. */
export class Api {
  readonly store: Store;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #admission: readonly Admission[];

  constructor(parts: { store: Store; clock: Clock; random: () => number; admission: readonly Admission[] }) {
    this.store = parts.store;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#admission = parts.admission;
  }

  /** The stored object, or `NotFound`. */
  get<T extends KubeObject>({ resource, namespace, name = '' }: Target<T>): T {
    const found = this.store.get(resource, namespace, name);
    if (found === undefined) throw notFound(resource, name);
    return found;
  }

  create<T extends KubeObject>(target: Target<T>, body: JsonObject, options: WriteOptions): T {
    const { resource } = target;
    const object = this.#named(target, body);
    if (this.store.get(resource, object.metadata.namespace, object.metadata.name)) {
      throw alreadyExists(resource, object.metadata.name);
    }
    if (resource.subresources.includes('status')) delete object.status;
    return this.#finishCreate(target, object, options, (it) => {
      it.metadata.managedFields = afterUpdate(
        undefined,
        it,
        managerOf(target, options),
        this.#stamp(resource),
      );
    });
  }

  /** Replaces an object, or its status when `subresource` says so. A stale resourceVersion is a `Conflict`. */
  update<T extends KubeObject>(target: Target<T>, body: JsonObject, options: WriteOptions): T {
    const live = this.get(target);
    const object = withoutNulls(body) as unknown as T;
    const { resourceVersion, uid, name = live.metadata.name } = object.metadata ?? {};
    if (name !== live.metadata.name || (object.kind ?? live.kind) !== live.kind) {
      throw badRequest(
        `${object.kind} "${name}" does not match the ${live.kind} "${live.metadata.name}" on the URL`,
      );
    }
    const isStale = resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion;
    if (isStale || (uid !== undefined && uid !== live.metadata.uid))
      throw staleVersion(target.resource, live.metadata.name);
    const next = this.#prepared(target, object, live, options);
    const stamp = this.#stamp(target.resource);
    next.metadata.managedFields = afterUpdate(live, next, managerOf(target, options), stamp);
    if (next.metadata.managedFields.length === 0) delete next.metadata.managedFields;
    return this.#finishUpdate(target.resource, next, live, options);
  }

  /** Changes an object by a patch function over a copy of the live one. */
  patch<T extends KubeObject>(
    target: Target<T>,
    patched: (live: JsonObject) => JsonObject,
    options: WriteOptions,
  ): T {
    const live = this.get(target);
    return this.update(target, patched(asJson(copyOf(live))), options);
  }

  /** Server-side apply: creates the object when it is not there. */
  apply<T extends KubeObject>(
    target: Target<T>,
    body: JsonObject,
    options: WriteOptions & { force: boolean },
  ): T {
    const { resource } = target;
    assertApplicable(resource, body);
    const live = this.store.get(resource, target.namespace, target.name ?? '');
    const applied = this.#named(target, body);
    if (target.subresource === undefined && resource.subresources.includes('status')) delete applied.status;
    const ssa = {
      manager: options.fieldManager,
      force: options.force,
      time: timestamp(this.#clock.now()),
      subresource: target.subresource,
    };
    if (live === undefined) {
      if (target.subresource !== undefined) throw notFound(resource, target.name ?? '');
      return this.#finishCreate(target, applied, options, (it) => {
        it.metadata.managedFields =
          serverSideApply(resource, undefined, applied, ssa).metadata.managedFields ?? [];
      });
    }
    if (
      applied.metadata.resourceVersion !== undefined &&
      applied.metadata.resourceVersion !== live.metadata.resourceVersion
    ) {
      throw staleVersion(resource, live.metadata.name);
    }
    const merged = serverSideApply(resource, live, applied, ssa) as T;
    const next = this.#prepared(target, merged, live, options);
    next.metadata.managedFields = merged.metadata.managedFields ?? [];
    return this.#finishUpdate(resource, next, live, options);
  }

  #named<T extends KubeObject>({ resource, namespace, name }: Target<T>, body: JsonObject): T {
    const object = withoutNulls(body) as unknown as T;
    object.apiVersion ??= apiVersionOf(resource);
    object.kind ??= resource.kind;
    object.metadata ??= {} as T['metadata'];
    const { metadata } = object;
    if (object.kind !== resource.kind) {
      throw badRequest(
        `${object.kind} in version "${object.apiVersion}" cannot be handled as a ${resource.kind}`,
      );
    }
    if (name !== undefined) metadata.name ??= name;
    if (metadata.generateName && !metadata.name)
      metadata.name = metadata.generateName + randomSuffix(this.#random);
    if (!metadata.name) throw badRequest('name or generateName is required');
    if (resource.namespaced) metadata.namespace ??= namespace ?? 'default';
    else delete metadata.namespace;
    if (
      (name !== undefined && metadata.name !== name) ||
      (resource.namespaced && metadata.namespace !== namespace)
    ) {
      throw badRequest('the name or namespace of the object does not match the one on the URL');
    }
    return object;
  }

  #finishCreate<T extends KubeObject>(
    { resource, namespace }: Target<T>,
    object: T,
    { user, dryRun }: WriteOptions,
    own: (object: T) => void,
  ): T {
    this.#assertNamespace(resource, namespace);
    own(object);
    setDefaults(resource, object);
    this.#admit({ operation: 'CREATE', resource, subresource: undefined, object, previous: undefined, user });
    validate(resource, object);
    return dryRun ? this.store.stamped(resource, object) : this.store.create(resource, object);
  }

  /** The object as it may be stored: what the server owns comes from the live one, and only the part that the request is about. */
  #prepared<T extends KubeObject>(
    { resource, subresource }: Target<T>,
    object: T,
    live: T,
    { user }: WriteOptions,
  ): T {
    const next = subresource === 'status' ? { ...copyOf(live), status: object.status } : copyOf(object);
    if (subresource !== 'status' && resource.subresources.includes('status')) next.status = live.status;
    next.apiVersion = live.apiVersion;
    next.kind = live.kind;
    next.metadata = { ...next.metadata, ...serverOwned(live) };
    setDefaults(resource, next);
    this.#admit({ operation: 'UPDATE', resource, subresource, object: next, previous: live, user });
    validate(resource, next, live);
    return copyOf(next);
  }

  #finishUpdate<T extends KubeObject>(resource: Resource<T>, next: T, live: T, { dryRun }: WriteOptions): T {
    if (dryRun) return this.store.advanced(resource, next, live);
    const stored = this.store.replace(resource, next);
    const isReleased = stored.metadata.deletionTimestamp !== undefined && !stored.metadata.finalizers?.length;
    if (isReleased && resource !== PODS) {
      this.store.remove(resource, stored.metadata.namespace, stored.metadata.name);
    }
    return stored;
  }

  #admit(review: Review): void {
    for (const admission of this.#admission) admission(review);
  }

  #assertNamespace(resource: Resource, namespace: string | undefined): void {
    if (!resource.namespaced || namespace === undefined) return;
    const found = this.store.get(NAMESPACES, undefined, namespace);
    if (found === undefined) throw notFound(NAMESPACES, namespace);
    if (found.metadata.deletionTimestamp === undefined) return;
    throw new StatusError(
      'Forbidden',
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    );
  }

  #stamp(resource: Resource) {
    return { resource, time: timestamp(this.#clock.now()) };
  }
}

const managerOf = (target: Target, { fieldManager }: WriteOptions): Manager => ({
  manager: fieldManager,
  operation: 'Update',
  subresource: target.subresource,
});

const serverOwned = ({ metadata }: KubeObject) => ({
  name: metadata.name,
  ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
  uid: metadata.uid,
  resourceVersion: metadata.resourceVersion,
  creationTimestamp: metadata.creationTimestamp,
  ...(metadata.generation !== undefined && { generation: metadata.generation }),
  ...(metadata.deletionTimestamp !== undefined && { deletionTimestamp: metadata.deletionTimestamp }),
});
