/**
 * How the items of lists are told apart, from the `x-kubernetes-list-map-keys` and `patchMergeKey` of the core types
 * (Kubernetes 1.30, `api/openapi-spec/swagger.json`). Lists that are not here are atomic: a write replaces them whole.
 */
const KEYS: { readonly [field: string]: readonly string[] } = {
  conditions: ['type'],
  containers: ['name'],
  env: ['name'],
  ephemeralContainers: ['name'],
  hostAliases: ['ip'],
  hostIPs: ['ip'],
  imagePullSecrets: ['name'],
  initContainers: ['name'],
  matchConditions: ['name'],
  ownerReferences: ['uid'],
  podIPs: ['ip'],
  resourceClaims: ['name'],
  schedulingGates: ['name'],
  secrets: ['name'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  volumeDevices: ['devicePath'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};

/** Objects of the core types that are owned and replaced as one value (`x-kubernetes-map-type: atomic`). */
const ATOMIC_OBJECTS = new Set([
  'configMapKeyRef',
  'fieldRef',
  'labelSelector',
  'namespaceSelector',
  'nodeSelector',
  'resourceFieldRef',
  'secretKeyRef',
  'selector',
]);

/**
 * The keys of a list at a path of field names (list items left out), `set` for a list of distinct values, or undefined
 * for an atomic list. Server-side apply uses all keys, strategic merge patch the first.
 */
export const listKeys = (path: readonly string[], custom: boolean): readonly string[] | 'set' | undefined => {
  const field = path.at(-1) ?? '';
  const inMetadata = path[0] === 'metadata';
  if (inMetadata && field === 'finalizers') return 'set';
  if (custom && !inMetadata) return undefined;
  if (field !== 'ports') return KEYS[field];
  return path.some((it) => /containers$/i.test(it)) ? ['containerPort', 'protocol'] : ['port', 'protocol'];
};

/** Whether an object at a path is one value to server-side apply. */
export const isAtomicObject = (path: readonly string[], custom: boolean): boolean =>
  !custom && ATOMIC_OBJECTS.has(path.at(-1) ?? '');
