import { isObject, type JsonObject, sorted } from '../objects.ts';
import { isAtomicObject, listKeys } from './list-keys.ts';

/**
 * Field paths as `fieldsV1` has them: `f:NAME` a field, `k:{"name":"x"}` an item of a keyed list, `v:"x"` a value of a
 * set. Kept as strings, elements joined by a character that no name contains, so that sets of paths are plain sets.
 */
export type FieldPath = string;

const SEPARATOR = '\u0000';

export const elementsOf = (path: FieldPath): string[] => path.split(SEPARATOR);

/** Set by the server or naming the object: nobody owns them. */
const UNOWNED = new Set([
  'f:apiVersion',
  'f:kind',
  ...[
    'name',
    'namespace',
    'generateName',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'managedFields',
  ].map((field) => `f:metadata${SEPARATOR}f:${field}`),
]);

/** The key element of an item, with `protocol` as the API server defaults it. */
export const itemElement = (item: JsonObject, keys: readonly string[]): string => {
  const named = keys.map((key) => [key, item[key] ?? (key === 'protocol' ? 'TCP' : undefined)]);
  return `k:${JSON.stringify(sorted(Object.fromEntries(named)))}`;
};

/** The item that a key element names. */
export const findItem = (items: readonly unknown[], element: string): JsonObject | undefined => {
  const keys = Object.keys(JSON.parse(element.slice(2)) as JsonObject);
  return items.filter(isObject).find((item) => itemElement(item, keys) === element);
};

const walk = (
  value: unknown,
  path: readonly string[],
  names: readonly string[],
  custom: boolean,
  leaves: Map<FieldPath, unknown>,
): void => {
  const here = path.join(SEPARATOR);
  if (UNOWNED.has(here)) return;
  if (Array.isArray(value)) {
    const keys = listKeys(names, custom);
    if (keys === undefined || value.length === 0) leaves.set(here, value);
    else if (keys === 'set')
      for (const it of value) leaves.set([...path, `v:${JSON.stringify(it)}`].join(SEPARATOR), it);
    else {
      for (const item of value.filter(isObject)) {
        const itemPath = [...path, itemElement(item, keys)];
        leaves.set(itemPath.join(SEPARATOR), true);
        walkFields(item, itemPath, names, custom, leaves);
      }
    }
  } else if (isObject(value) && Object.keys(value).length > 0 && !isAtomicObject(names, custom)) {
    walkFields(value, path, names, custom, leaves);
  } else leaves.set(here, value);
};

const walkFields = (
  value: JsonObject,
  path: readonly string[],
  names: readonly string[],
  custom: boolean,
  leaves: Map<FieldPath, unknown>,
) => {
  for (const [name, child] of Object.entries(value)) {
    if (child !== undefined) walk(child, [...path, `f:${name}`], [...names, name], custom, leaves);
  }
};

/** Every field of an object with its value; an item of a keyed list stands for itself with the value true. */
export const leavesOf = (object: object, custom: boolean): Map<FieldPath, unknown> => {
  const leaves = new Map<FieldPath, unknown>();
  walkFields(object as JsonObject, [], [], custom, leaves);
  return leaves;
};

/** `fieldsV1` of a set of paths. */
export const toFieldsV1 = (paths: Iterable<FieldPath>): JsonObject => {
  const root: JsonObject = {};
  const members = new Set(paths);
  for (const path of members) {
    let node = root;
    const elements = elementsOf(path);
    elements.forEach((element, index) => {
      node[element] ??= {};
      const child = node[element] as JsonObject;
      if (index < elements.length - 1 && members.has(elements.slice(0, index + 1).join(SEPARATOR)))
        child['.'] = {};
      node = child;
    });
  }
  return sorted(root) as JsonObject;
};

/** The set of paths that a `fieldsV1` holds. */
export const fromFieldsV1 = (fields: unknown): Set<FieldPath> => {
  const paths = new Set<FieldPath>();
  const read = (node: JsonObject, path: readonly string[]) => {
    for (const [element, child] of Object.entries(node)) {
      const isSelf = element === '.';
      const childPath = isSelf ? path : [...path, element];
      if (isSelf || !isObject(child) || Object.keys(child).length === 0) paths.add(childPath.join(SEPARATOR));
      else read(child, childPath);
    }
  };
  if (isObject(fields)) read(fields, []);
  return paths;
};

/** A path as conflict messages show it: `.spec.template.spec.containers[name="podinfod"].image`. */
export const readablePath = (path: FieldPath): string =>
  elementsOf(path)
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      const keys = Object.entries(JSON.parse(element.slice(2)) as JsonObject);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');

/** Whether `path` lies beneath `ancestor`. */
export const isBeneath = (path: FieldPath, ancestor: FieldPath): boolean =>
  path.startsWith(ancestor + SEPARATOR);

/** The paths of `a` that are not in `b`. */
export const difference = (a: Iterable<FieldPath>, b: ReadonlySet<FieldPath>): Set<FieldPath> =>
  new Set([...a].filter((path) => !b.has(path)));
