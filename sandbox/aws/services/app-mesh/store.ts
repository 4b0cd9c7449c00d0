import type { RouteSpec } from '@aws-sdk/client-app-mesh';
import { arnOf, uuidOf } from '../../names.ts';
import type { Place } from '../place.ts';
import { KINDS, type Kind } from './kinds.ts';

export type { RouteSpec } from '@aws-sdk/client-app-mesh';

/** A weighted target, as the App Mesh API has it. */
export interface WeightedTarget {
  readonly virtualNode: string;
  readonly weight: number;
  readonly port?: number;
}

/** Any App Mesh resource, in the shape of the API's `…Data` structures. */
export interface Resource<Spec = Readonly<Record<string, unknown>>> {
  readonly kind: Kind;
  /** Mesh, router, route: the names from the outside in. */
  readonly path: readonly string[];
  readonly spec: Spec;
  readonly metadata: {
    readonly arn: string;
    readonly version: number;
    readonly uid: string;
    readonly createdAt: Date;
    readonly lastUpdatedAt: Date;
    readonly meshOwner: string;
    readonly resourceOwner: string;
  };
}

/** Told after each change of a route; `route` is undefined when it was deleted. `at` is epoch milliseconds. */
export type RouteObserver = (change: RouteChange, at: number) => void;
export interface RouteChange {
  readonly place: Place;
  readonly mesh: string;
  readonly virtualRouter: string;
  readonly name: string;
  readonly route: Resource<RouteSpec> | undefined;
}

const keyOf = ({ account, region }: Place, kind: Kind, path: readonly string[]): string =>
  [account, region, kind.name, ...path].join('\n');

/** The targets of a route, whatever its type; the schema has seen to it that they are whole. */
export const targetsOf = ({
  httpRoute,
  http2Route,
  tcpRoute,
  grpcRoute,
}: RouteSpec): readonly WeightedTarget[] =>
  ((httpRoute ?? http2Route ?? tcpRoute ?? grpcRoute)?.action?.weightedTargets ?? []) as WeightedTarget[];

/** The meshes of the sandbox. Other parts read and write it directly; the API goes through `appMesh`. */
export class MeshStore {
  readonly #resources = new Map<string, Resource>();
  readonly #tags = new Map<string, Map<string, string>>();
  readonly #observers = new Set<RouteObserver>();

  /** Calls `observer` after each change of a route; returns a function that stops it. */
  onRouteChange(observer: RouteObserver): () => void {
    this.#observers.add(observer);
    return () => {
      this.#observers.delete(observer);
    };
  }

  get(place: Place, kind: Kind, path: readonly string[]): Resource | undefined {
    return this.#resources.get(keyOf(place, kind, path));
  }

  byArn(arn: string): Resource | undefined {
    return [...this.#resources.values()].find(({ metadata }) => metadata.arn === arn);
  }

  /** A route by its names. */
  route(place: Place, mesh: string, virtualRouter: string, route: string): Resource<RouteSpec> | undefined {
    return this.get(place, KINDS.route, [mesh, virtualRouter, route]) as Resource<RouteSpec> | undefined;
  }

  /** The routes of a virtual router, by name. */
  routes(place: Place, mesh: string, virtualRouter: string): readonly Resource<RouteSpec>[] {
    return this.list(place, KINDS.route, [mesh, virtualRouter]) as readonly Resource<RouteSpec>[];
  }

  /** The resources of a kind below `parent`, by name. */
  list(place: Place, kind: Kind, parent: readonly string[]): readonly Resource[] {
    const prefix = keyOf(place, kind, [...parent, '']);
    const found = [...this.#resources].filter(([key]) => key.startsWith(prefix));
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, resource]) => resource);
  }

  /** Creates a resource at version 1, or puts a new spec in its place and counts its version up. */
  put(place: Place, kind: Kind, path: readonly string[], spec: unknown, at: number): Resource {
    const key = keyOf(place, kind, path);
    const before = this.#resources.get(key);
    const now = new Date(at);
    const names = path.map((name, index) => `${([...kind.parents, kind][index] as Kind).arnPart}/${name}`);
    const resource: Resource = {
      kind,
      path,
      spec: structuredClone(spec ?? {}) as Resource['spec'],
      metadata: {
        arn: arnOf('appmesh', place.region, place.account, names.join('/')),
        version: (before?.metadata.version ?? 0) + 1,
        uid: before?.metadata.uid ?? uuidOf(`${key} ${at}`),
        createdAt: before?.metadata.createdAt ?? now,
        lastUpdatedAt: now,
        meshOwner: place.account,
        resourceOwner: place.account,
      },
    };
    this.#resources.set(key, resource);
    this.#tell(place, resource, resource, at);
    return resource;
  }

  delete(place: Place, resource: Resource, at: number): void {
    this.#resources.delete(keyOf(place, resource.kind, resource.path));
    this.#tags.delete(resource.metadata.arn);
    this.#tell(place, resource, undefined, at);
  }

  /** The tags of a resource, to be read and changed. */
  tags(arn: string): Map<string, string> {
    let tags = this.#tags.get(arn);
    if (tags === undefined) {
      tags = new Map();
      this.#tags.set(arn, tags);
    }
    return tags;
  }

  #tell(place: Place, { kind, path }: Resource, after: Resource | undefined, at: number): void {
    if (kind !== KINDS.route) return;
    const [mesh = '', virtualRouter = '', name = ''] = path;
    const route = after as Resource<RouteSpec> | undefined;
    for (const observer of this.#observers) observer({ place, mesh, virtualRouter, name, route }, at);
  }
}
