import type { PodTemplate } from '../objects.ts';

/** The two kinds of configuration that pods read. */
export type ConfigKind = 'ConfigMap' | 'Secret';

/** One object that a pod template reads. */
export interface ConfigReference {
  readonly kind: ConfigKind;
  readonly name: string;
  /** The keys that it reads; absent where it reads all of them. */
  readonly keys?: readonly string[];
  /** Whether pods start without it: every place that names it says so. */
  readonly optional: boolean;
}

type Json = { readonly [member: string]: unknown };
type Visit = (reference: ConfigReference) => string;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const each = (list: unknown, change: (item: Json) => Json): unknown =>
  Array.isArray(list) ? list.map((item) => (isObject(item) ? change(item) : item)) : list;

/** `items` of a volume, or the one `key` of a variable: what is read of the object. */
const keysIn = ({ items, key }: Json): { readonly keys?: readonly string[] } => {
  if (typeof key === 'string') return { keys: [key] };
  if (!Array.isArray(items) || items.length === 0) return {};
  return { keys: items.filter(isObject).map((item) => String(item.key)) };
};

/** A source that names an object by `name`, or by `secretName` where a Secret is a volume. */
const renamed = (source: unknown, kind: ConfigKind, visit: Visit, member = 'name'): unknown => {
  if (!isObject(source)) return source;
  const name = source[member];
  if (typeof name !== 'string' || name === '') return source;
  return {
    ...source,
    [member]: visit({ kind, name, ...keysIn(source), optional: source.optional === true }),
  };
};

const withMembers = (of: Json, changes: Readonly<Record<string, (value: unknown) => unknown>>): Json => ({
  ...of,
  ...Object.fromEntries(
    Object.entries(changes).flatMap(([member, change]) =>
      of[member] === undefined ? [] : [[member, change(of[member])]],
    ),
  ),
});

const inContainers = (containers: unknown, visit: Visit): unknown =>
  each(containers, (container) =>
    withMembers(container, {
      env: (list) =>
        each(list, (variable) =>
          withMembers(variable, {
            valueFrom: (from) =>
              isObject(from)
                ? withMembers(from, {
                    configMapKeyRef: (source) => renamed(source, 'ConfigMap', visit),
                    secretKeyRef: (source) => renamed(source, 'Secret', visit),
                  })
                : from,
          }),
        ),
      envFrom: (list) =>
        each(list, (source) =>
          withMembers(source, {
            configMapRef: (of) => renamed(of, 'ConfigMap', visit),
            secretRef: (of) => renamed(of, 'Secret', visit),
          }),
        ),
    }),
  );

const inSource =
  (visit: Visit, secretName: 'secretName' | 'name') =>
  (source: Json): Json =>
    withMembers(source, {
      configMap: (of) => renamed(of, 'ConfigMap', visit),
      secret: (of) => renamed(of, 'Secret', visit, secretName),
    });

const inVolumes = (volumes: unknown, visit: Visit): unknown =>
  each(volumes, (volume) =>
    withMembers(inSource(visit, 'secretName')(volume), {
      projected: (projected) =>
        isObject(projected)
          ? withMembers(projected, { sources: (list) => each(list, inSource(visit, 'name')) })
          : projected,
    }),
  );

/**
 * The pod template with another name for each ConfigMap and Secret that it reads: in volumes and projected volumes,
 * in `env` and `envFrom`, of containers and init containers (Kubernetes API, PodSpec). Pull secrets and those of volume
 * drivers are the nodes' business, not the pods', and stay.
 */
export const withConfigNames = (template: PodTemplate, nameOf: Visit): PodTemplate =>
  withMembers(template as unknown as Json, {
    spec: (spec) =>
      isObject(spec)
        ? withMembers(spec, {
            containers: (list) => inContainers(list, nameOf),
            initContainers: (list) => inContainers(list, nameOf),
            volumes: (list) => inVolumes(list, nameOf),
          })
        : spec,
  }) as unknown as PodTemplate;

const merged = (one: ConfigReference, other: ConfigReference): ConfigReference => {
  const { kind, name } = one;
  const optional = one.optional && other.optional;
  if (one.keys === undefined || other.keys === undefined) return { kind, name, optional };
  return { kind, name, keys: [...new Set([...one.keys, ...other.keys])].sort(), optional };
};

/** How an object is named among all of both kinds: `ConfigMap/podinfo-config`. */
export const configId = ({ kind, name }: Pick<ConfigReference, 'kind' | 'name'>): string => `${kind}/${name}`;

/** Each ConfigMap and Secret that a pod template reads, once, in the order of their kinds and names. */
export const configReferences = (template: PodTemplate): readonly ConfigReference[] => {
  const found = new Map<string, ConfigReference>();
  withConfigNames(template, (reference) => {
    const known = found.get(configId(reference));
    found.set(configId(reference), known === undefined ? reference : merged(known, reference));
    return reference.name;
  });
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
};
