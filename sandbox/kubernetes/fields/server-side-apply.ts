import { isDeepStrictEqual } from 'node:util';
import { copyOf, isObject, type JsonObject, type KubeObject } from '../objects.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { StatusError } from '../status.ts';
import {
  difference,
  elementsOf,
  type FieldPath,
  findItem,
  isBeneath,
  itemElement,
  leavesOf,
  readablePath,
} from './field-set.ts';
import { isAtomicObject, listKeys } from './list-keys.ts';
import {
  isSameManager,
  type Manager,
  type Ownership,
  ownershipsOf,
  withOwnership,
} from './managed-fields.ts';

/**
 * Server-side apply: the applied fields become the manager's, fields that it applied before and now leaves out go unless
 * somebody else owns them, and a field that another manager set to another value is a `Conflict` unless forced.
 */
export const serverSideApply = (
  resource: Resource,
  live: KubeObject | undefined,
  applied: KubeObject,
  options: { manager: string; force: boolean; time: string; subresource?: string | undefined },
): KubeObject => {
  const writer: Manager = { manager: options.manager, operation: 'Apply', subresource: options.subresource };
  const wanted = leavesOf(applied, resource.custom);
  const owners = ownershipsOf(live);
  const others = owners.filter((it) => !isSameManager(it, writer));
  const current = live === undefined ? new Map<FieldPath, unknown>() : leavesOf(live, resource.custom);
  const taken = conflictsOf(wanted, current, others);
  if (taken.length > 0 && !options.force) throw conflictError(taken);
  const merged = mergeApplied(
    copyOf(live ?? {}) as JsonObject,
    applied as unknown as JsonObject,
    [],
    resource.custom,
  );
  const own = owners.find((it) => isSameManager(it, writer))?.paths ?? new Set<FieldPath>();
  prune(merged, own, new Set(wanted.keys()), others);
  const next = merged as unknown as KubeObject;
  const lost = new Set(taken.map(({ path }) => path));
  next.metadata.managedFields = withOwnership(owners, writer, new Set(wanted.keys()), lost, {
    resource,
    time: options.time,
  });
  return next;
};

interface Taken {
  readonly path: FieldPath;
  readonly owner: Ownership;
}

const conflictsOf = (
  wanted: ReadonlyMap<FieldPath, unknown>,
  current: ReadonlyMap<FieldPath, unknown>,
  others: readonly Ownership[],
): Taken[] =>
  [...wanted]
    .filter(([path, value]) => !(current.has(path) && isDeepStrictEqual(current.get(path), value)))
    .flatMap(([path]) => others.filter((owner) => owner.paths.has(path)).map((owner) => ({ path, owner })));

const conflictError = (taken: readonly Taken[]) => {
  const owners = [...new Set(taken.map(({ owner }) => owner))];
  const nameOf = ({ manager, operation, subresource, entry }: Ownership) =>
    `"${manager}"${subresource ? ` with subresource "${subresource}"` : ''}${
      operation === 'Update' ? ` using ${entry.apiVersion}` : ''
    }`;
  const fieldsOf = (owner: Ownership) =>
    taken.filter((it) => it.owner === owner).map((it) => readablePath(it.path));
  const count = `${taken.length} conflict${taken.length === 1 ? '' : 's'}`;
  const parts = owners.map((owner) => {
    const fields = fieldsOf(owner);
    return fields.length === 1
      ? `conflict with ${nameOf(owner)}: ${fields[0]}`
      : `conflicts with ${nameOf(owner)}:\n${fields.map((field) => `- ${field}`).join('\n')}`;
  });
  const message = `Apply failed with ${count}: ${parts.join('\n')}`;
  const causes = taken.map(({ path, owner }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${nameOf(owner)}`,
    field: readablePath(path),
  }));
  return new StatusError('Conflict', message, { causes });
};

const mergeApplied = (
  live: JsonObject,
  applied: JsonObject,
  names: readonly string[],
  custom: boolean,
): JsonObject => {
  for (const [name, value] of Object.entries(applied)) {
    if (value === undefined) continue;
    const current = live[name];
    const path = [...names, name];
    if (Array.isArray(value))
      live[name] = mergeAppliedList(Array.isArray(current) ? current : [], value, path, custom);
    else if (isObject(value) && isObject(current) && !isAtomicObject(path, custom)) {
      mergeApplied(current, value, path, custom);
    } else live[name] = copyOf(value);
  }
  return live;
};

const mergeAppliedList = (
  live: unknown[],
  applied: unknown[],
  path: readonly string[],
  custom: boolean,
): unknown[] => {
  const keys = listKeys(path, custom);
  if (keys === undefined) return copyOf(applied);
  if (keys === 'set') return [...new Set([...live, ...applied])];
  const list = [...live];
  for (const item of applied.filter(isObject)) {
    const element = itemElement(item, keys);
    const current = findItem(list, element);
    if (current === undefined) list.push(copyOf(item));
    else mergeApplied(current, item, path, custom);
  }
  return list;
};

const prune = (
  merged: JsonObject,
  own: ReadonlySet<FieldPath>,
  wanted: ReadonlySet<FieldPath>,
  others: readonly Ownership[],
) => {
  for (const path of difference(own, wanted)) {
    const isHeld = others.some(
      ({ paths }) => paths.has(path) || [...paths].some((it) => isBeneath(it, path)),
    );
    const isParentWanted = [...wanted].some((it) => isBeneath(it, path));
    if (!isHeld && !isParentWanted) removeAt(merged, elementsOf(path));
  }
};

const removeAt = (node: unknown, [element, ...rest]: readonly string[]): void => {
  if (element === undefined) return;
  if (Array.isArray(node)) {
    const index = element.startsWith('k:')
      ? node.indexOf(findItem(node, element))
      : node.findIndex((it) => `v:${JSON.stringify(it)}` === element);
    if (index < 0) return;
    if (rest.length === 0) node.splice(index, 1);
    else removeAt(node[index], rest);
  } else if (isObject(node)) {
    const name = element.slice(2);
    if (rest.length === 0) delete node[name];
    else removeAt(node[name], rest);
    if (isEmptied(node[name]) && rest.length > 0) delete node[name];
  }
};

const isEmptied = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Refuses an applied object that does not say what it is. */
export const assertApplicable = (resource: Resource, applied: JsonObject): void => {
  if (applied.apiVersion === apiVersionOf(resource) && applied.kind === resource.kind) return;
  throw new StatusError(
    'BadRequest',
    `failed to create typed patch object: expected ${apiVersionOf(resource)}, Kind=${resource.kind}, got ${applied.apiVersion}, Kind=${applied.kind}`,
  );
};
