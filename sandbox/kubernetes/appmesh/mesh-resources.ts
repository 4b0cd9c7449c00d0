import { isObject, type JsonObject, type KubeObject, type LabelSelector } from '../objects.ts';
import {
  MESHES,
  NAMESPACES,
  type Resource,
  VIRTUAL_NODES,
  VIRTUAL_ROUTERS,
  VIRTUAL_SERVICES,
} from '../resources.ts';
import { fitsSelector } from '../selectors.ts';
import type { Store } from '../store.ts';

/** The spec of a mesh resource, as far as every kind has it. */
export type MeshSpec = JsonObject & { awsName?: string; meshRef?: { name: string; uid: string } };

export const meshSpecOf = ({ spec }: KubeObject): MeshSpec => (isObject(spec) ? (spec as MeshSpec) : {});

/** What a resource is called in AWS by default (aws-app-mesh-controller-for-k8s `webhooks/appmesh/*_mutator.go`). */
export const defaultAwsName = (resource: Resource, name: string, namespace: string | undefined): string => {
  if (resource === MESHES) return name;
  return resource === VIRTUAL_SERVICES ? `${name}.${namespace}` : `${name}_${namespace}`;
};

/** The meshes that a namespace belongs to; the controller wants exactly one. */
export const meshesOf = (store: Store, namespace: string): KubeObject[] => {
  const labels = store.get(NAMESPACES, undefined, namespace)?.metadata.labels;
  return store.list(MESHES).filter((mesh) => {
    const { namespaceSelector } = meshSpecOf(mesh);
    return isObject(namespaceSelector) && fitsSelector(namespaceSelector as LabelSelector, labels);
  });
};

/** References of resources to each other: the field in the custom resource, its kind, and the field in the API. */
const REFERENCES: { readonly [field: string]: { resource: Resource; member: string } } = {
  virtualNodeRef: { resource: VIRTUAL_NODES, member: 'virtualNodeName' },
  virtualRouterRef: { resource: VIRTUAL_ROUTERS, member: 'virtualRouterName' },
  virtualServiceRef: { resource: VIRTUAL_SERVICES, member: 'virtualServiceName' },
};

/** Members of the custom resources that the API does not have. */
const LOCAL = new Set(['awsName', 'meshRef', 'podSelector', 'namespaceSelector', 'routes']);

const resolve = (store: Store, field: string, reference: JsonObject, home: string): string => {
  const { resource } = REFERENCES[field] as { resource: Resource };
  const { name = '', namespace = home } = reference as { name?: string; namespace?: string };
  const target = store.get(resource, namespace, name);
  if (target === undefined) {
    throw new Error(`failed to resolve ${field}: ${resource.kind} "${namespace}/${name}" not found`);
  }
  return meshSpecOf(target).awsName ?? defaultAwsName(resource, name, namespace);
};

const convert = (store: Store, value: unknown, home: string): unknown => {
  if (Array.isArray(value)) return value.map((it) => convert(store, it, home));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => {
    const reference = REFERENCES[key];
    if (reference === undefined || !isObject(member)) return [key, convert(store, member, home)];
    // A weighted target names its node `virtualNode`, every other place says `…Name`.
    const isTarget = 'weight' in value && key === 'virtualNodeRef';
    return [isTarget ? 'virtualNode' : reference.member, resolve(store, key, member, home)];
  });
  return Object.fromEntries(members);
};

/** The API's spec of a custom resource: references become names, what only Kubernetes knows is left out. */
export const apiSpecOf = (store: Store, object: KubeObject): unknown => {
  const own = Object.entries(meshSpecOf(object)).filter(([key]) => !LOCAL.has(key));
  return convert(store, Object.fromEntries(own), object.metadata.namespace ?? '');
};

/** The routes that a VirtualRouter wants, by name, as the API has them. */
export const apiRoutesOf = (store: Store, router: KubeObject): Map<string, unknown> => {
  const { routes = [] } = meshSpecOf(router) as { routes?: (JsonObject & { name: string })[] };
  return new Map(
    routes.map(({ name, ...spec }) => [name, convert(store, spec, router.metadata.namespace ?? '')]),
  );
};
