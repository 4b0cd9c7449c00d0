import type {
  Autoscaler,
  ConfigMap,
  Deployment,
  KubeEvent,
  KubeObject,
  Pod,
  ReplicaSet,
  Secret,
} from './objects.ts';

/** A kind that the server stores. The type parameter is what `store.get` returns for it. */
export interface Resource<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly subresources: readonly ('status' | 'scale')[];
  /** Whether `metadata.generation` rises with each change of the spec. */
  readonly generation: boolean;
  /** Custom kinds have no schema here: their lists are atomic and strategic merge patch is refused. */
  readonly custom: boolean;
  readonly type?: T;
}

type Options = {
  shortNames?: string[];
  cluster?: true;
  subresources?: ('status' | 'scale')[];
  noGeneration?: true;
};

const define =
  (group: string, version: string, custom = false) =>
  <T extends KubeObject = KubeObject>(kind: string, plural: string, options: Options = {}): Resource<T> => ({
    group,
    version,
    kind,
    plural,
    shortNames: options.shortNames ?? [],
    namespaced: options.cluster !== true,
    subresources: options.subresources ?? [],
    generation: options.noGeneration !== true,
    custom,
  });

const core = define('', 'v1');
const apps = define('apps', 'v1');
const rbac = define('rbac.authorization.k8s.io', 'v1');
const admission = define('admissionregistration.k8s.io', 'v1');
const appMesh = define('appmesh.k8s.aws', 'v1beta2', true);
const gateway = define('gateway.networking.k8s.io', 'v1', true);

const plain = { noGeneration: true } as const;
const cluster = { cluster: true } as const;

export const NAMESPACES = core('Namespace', 'namespaces', {
  ...plain,
  ...cluster,
  shortNames: ['ns'],
  subresources: ['status'],
});
export const PODS = core<Pod>('Pod', 'pods', { ...plain, shortNames: ['po'], subresources: ['status'] });
export const SERVICES = core('Service', 'services', {
  ...plain,
  shortNames: ['svc'],
  subresources: ['status'],
});
export const EVENTS = core<KubeEvent>('Event', 'events', { ...plain, shortNames: ['ev'] });
export const DEPLOYMENTS = apps<Deployment>('Deployment', 'deployments', {
  shortNames: ['deploy'],
  subresources: ['status', 'scale'],
});
export const REPLICA_SETS = apps<ReplicaSet>('ReplicaSet', 'replicasets', {
  shortNames: ['rs'],
  subresources: ['status', 'scale'],
});
export const AUTOSCALERS = define('autoscaling', 'v2')<Autoscaler>(
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
  {
    ...plain,
    shortNames: ['hpa'],
    subresources: ['status'],
  },
);
export const ROLES = rbac('Role', 'roles', plain);
export const ROLE_BINDINGS = rbac('RoleBinding', 'rolebindings', plain);
export const CLUSTER_ROLES = rbac('ClusterRole', 'clusterroles', { ...plain, ...cluster });
export const CLUSTER_ROLE_BINDINGS = rbac('ClusterRoleBinding', 'clusterrolebindings', {
  ...plain,
  ...cluster,
});
export const ADMISSION_POLICIES = admission('ValidatingAdmissionPolicy', 'validatingadmissionpolicies', {
  ...cluster,
  subresources: ['status'],
});
export const ADMISSION_POLICY_BINDINGS = admission(
  'ValidatingAdmissionPolicyBinding',
  'validatingadmissionpolicybindings',
  cluster,
);
export const MESHES = appMesh('Mesh', 'meshes', { ...cluster, subresources: ['status'] });
export const VIRTUAL_ROUTERS = appMesh('VirtualRouter', 'virtualrouters', { subresources: ['status'] });
export const VIRTUAL_SERVICES = appMesh('VirtualService', 'virtualservices', { subresources: ['status'] });
export const VIRTUAL_NODES = appMesh('VirtualNode', 'virtualnodes', { subresources: ['status'] });
export const HTTP_ROUTES = gateway('HTTPRoute', 'httproutes', { subresources: ['status'] });

export const CONFIG_MAPS = core<ConfigMap>('ConfigMap', 'configmaps', { ...plain, shortNames: ['cm'] });
export const SECRETS = core<Secret>('Secret', 'secrets', plain);

/** Every kind that the server knows. */
export const RESOURCES: readonly Resource[] = [
  NAMESPACES,
  PODS,
  SERVICES,
  EVENTS,
  CONFIG_MAPS,
  SECRETS,
  core('ServiceAccount', 'serviceaccounts', { ...plain, shortNames: ['sa'] }),
  DEPLOYMENTS,
  REPLICA_SETS,
  AUTOSCALERS,
  define('policy', 'v1')('PodDisruptionBudget', 'poddisruptionbudgets', {
    shortNames: ['pdb'],
    subresources: ['status'],
  }),
  ROLES,
  ROLE_BINDINGS,
  CLUSTER_ROLES,
  CLUSTER_ROLE_BINDINGS,
  ADMISSION_POLICIES,
  ADMISSION_POLICY_BINDINGS,
  define('apiextensions.k8s.io', 'v1')('CustomResourceDefinition', 'customresourcedefinitions', {
    ...cluster,
    shortNames: ['crd', 'crds'],
    subresources: ['status'],
  }),
  MESHES,
  VIRTUAL_NODES,
  VIRTUAL_ROUTERS,
  VIRTUAL_SERVICES,
  HTTP_ROUTES,
];

/** `deployments.apps`, or `pods` in the core group. */
export const qualifiedName = ({ group, plural }: Pick<Resource, 'group' | 'plural'>): string =>
  group ? `${plural}.${group}` : plural;

/** `apps/v1`, or `v1` in the core group. */
export const apiVersionOf = ({ group, version }: Pick<Resource, 'group' | 'version'>): string =>
  group ? `${group}/${version}` : version;

export const resourceOfPath = (group: string, version: string, plural: string): Resource | undefined =>
  RESOURCES.find((it) => it.group === group && it.version === version && it.plural === plural);

export const resourceOfKind = (apiVersion: unknown, kind: unknown): Resource | undefined =>
  RESOURCES.find((it) => apiVersionOf(it) === apiVersion && it.kind === kind);

/** Finds a kind as a person names it: `deployments`, `Deployment`, `deploy`. */
export const resourceNamed = (name: string): Resource | undefined =>
  RESOURCES.find(
    (it) =>
      it.plural === name || it.kind.toLowerCase() === name.toLowerCase() || it.shortNames.includes(name),
  );
