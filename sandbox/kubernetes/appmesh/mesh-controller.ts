import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../clock.ts';
import { withCondition } from '../conditions.ts';
import { WorkQueue } from '../controllers/work-queue.ts';
import type { EventRecorder } from '../events.ts';
import { type KubeObject, timestamp } from '../objects.ts';
import { MESHES, type Resource, VIRTUAL_NODES, VIRTUAL_ROUTERS, VIRTUAL_SERVICES } from '../resources.ts';
import type { Change, Store } from '../store.ts';
import type { MeshApi, MeshKind } from './mesh-api.ts';
import { apiRoutesOf, apiSpecOf, defaultAwsName, meshSpecOf } from './mesh-resources.ts';

/** The controller's `--sync-period`: drift on the API's side lives up to 10 hours. */
const RESYNC_MILLISECONDS = 36_000_000;
const RETRY_MILLISECONDS = 5_000;

const KINDS: ReadonlyMap<Resource, MeshKind> = new Map([
  [MESHES, 'mesh'],
  [VIRTUAL_NODES, 'virtualNode'],
  [VIRTUAL_ROUTERS, 'virtualRouter'],
  [VIRTUAL_SERVICES, 'virtualService'],
]);

/**
 * The App Mesh controller (aws-app-mesh-controller-for-k8s): the custom resources win. At each event of a resource, and at
 * the resync, what the API has otherwise is overwritten, and routes that the VirtualRouter does not name are deleted.
 */
export class MeshController {
  readonly queue: WorkQueue;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #events: EventRecorder;
  readonly #api: MeshApi;
  /** What this controller has written, by kind and path. */
  readonly #arns = new Map<string, string>();

  constructor(parts: { store: Store; clock: Clock; events: EventRecorder; mesh: MeshApi }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#api = parts.mesh;
    this.queue = new WorkQueue(parts.clock, (key) => this.#reconcile(key));
    this.#store.onChange((change) => this.#notice(change));
  }

  #notice({ type, resource, object }: Change): void {
    const kind = KINDS.get(resource);
    if (kind === undefined) return;
    if (type === 'DELETED') this.#remove(resource, kind, object);
    else this.queue.add(keyOf(resource, object));
    // Routers name nodes and belong to meshes: the coming of either may let them through.
    if (type === 'ADDED' && resource !== VIRTUAL_ROUTERS) {
      for (const other of [VIRTUAL_ROUTERS, VIRTUAL_SERVICES]) {
        for (const it of this.#store.list(other)) this.queue.add(keyOf(other, it));
      }
    }
  }

  #reconcile(key: string): void {
    const [plural, namespace, name = ''] = key.split('/');
    const [resource, kind] = [...KINDS].find(([it]) => it.plural === plural) ?? [];
    const object = resource && this.#store.get(resource, namespace || undefined, name);
    if (resource === undefined || kind === undefined || object === undefined) return;
    this.queue.add(key, this.#clock.now() + RESYNC_MILLISECONDS);
    try {
      const path = this.#pathOf(resource, object);
      const arn = this.#put(kind, path, apiSpecOf(this.#store, object));
      const routeARNs = kind === 'virtualRouter' ? this.#reconcileRoutes(object, path) : undefined;
      this.#writeStatus(resource, kind, object, arn, routeARNs);
    } catch (error) {
      this.#fail(object, error);
      this.queue.add(key, this.#clock.now() + RETRY_MILLISECONDS);
    }
  }

  /** Writes only what differs, and answers the ARN either way. */
  #put(kind: MeshKind, path: readonly string[], spec: unknown): string {
    const known = this.#arns.get(`${kind}/${path.join('/')}`);
    if (known !== undefined && isDeepStrictEqual(this.#api.spec(kind, path), spec)) return known;
    const arn = this.#api.put(kind, path, spec);
    this.#arns.set(`${kind}/${path.join('/')}`, arn);
    return arn;
  }

  #reconcileRoutes(
    router: KubeObject,
    [mesh = '', name = '']: readonly string[],
  ): { [route: string]: string } {
    const wanted = apiRoutesOf(this.#store, router);
    for (const route of this.#api.routes(mesh, name)) {
      if (!wanted.has(route)) this.#delete('route', [mesh, name, route]);
    }
    return Object.fromEntries(
      [...wanted].map(([route, spec]) => [route, this.#put('route', [mesh, name, route], spec)]),
    );
  }

  #pathOf(resource: Resource, object: KubeObject): string[] {
    const { name, namespace } = object.metadata;
    const { awsName = defaultAwsName(resource, name, namespace), meshRef } = meshSpecOf(object);
    if (resource === MESHES) return [awsName];
    const mesh = this.#store.get(MESHES, undefined, meshRef?.name ?? '');
    if (mesh === undefined) throw new Error(`mesh "${meshRef?.name}" not found`);
    return [meshSpecOf(mesh).awsName ?? mesh.metadata.name, awsName];
  }

  #remove(resource: Resource, kind: MeshKind, object: KubeObject): void {
    try {
      const path = this.#pathOf(resource, object);
      const [mesh = '', name = ''] = path;
      if (kind === 'virtualRouter') {
        for (const route of this.#api.routes(mesh, name)) this.#delete('route', [mesh, name, route]);
      }
      this.#delete(kind, path);
    } catch (error) {
      this.#fail(object, error);
    }
  }

  #delete(kind: MeshKind, path: readonly string[]): void {
    this.#api.remove(kind, path);
    this.#arns.delete(`${kind}/${path.join('/')}`);
  }

  #fail(object: KubeObject, error: unknown): void {
    this.#events.record(object, 'appmesh-controller', 'Warning', 'ReconcileError', (error as Error).message);
  }

  #writeStatus(
    resource: Resource,
    kind: MeshKind,
    object: KubeObject,
    arn: string,
    routeARNs: object | undefined,
  ): void {
    this.#store.change(resource, object, (draft) => {
      const before = (draft.status ?? {}) as { conditions?: { type: string; status: string }[] };
      const active = { type: `${resource.kind}Active`, status: 'True' };
      draft.status = {
        ...before,
        [`${kind}ARN`]: arn,
        ...(routeARNs !== undefined && { routeARNs }),
        observedGeneration: draft.metadata.generation ?? 1,
        conditions: withCondition(before.conditions, active, timestamp(this.#clock.now())),
      };
    });
  }
}

const keyOf = ({ plural }: Resource, { metadata }: KubeObject): string =>
  `${plural}/${metadata.namespace ?? ''}/${metadata.name}`;
