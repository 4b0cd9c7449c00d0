import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ManagedFieldsEntry } from '../objects.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { difference, type FieldPath, fromFieldsV1, leavesOf, toFieldsV1 } from './field-set.ts';

/** Who wrote: the name and how. Each pair has an entry of its own in `managedFields`. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource?: string | undefined;
}

/** The fields of one manager. */
export interface Ownership extends Manager {
  readonly paths: ReadonlySet<FieldPath>;
  readonly entry: ManagedFieldsEntry;
}

export const isSameManager = (a: Manager, b: Manager): boolean =>
  a.manager === b.manager && a.operation === b.operation && (a.subresource ?? '') === (b.subresource ?? '');

/** Reads who owns what. */
export const ownershipsOf = (object: KubeObject | undefined): Ownership[] =>
  (object?.metadata.managedFields ?? []).map((entry) => ({
    manager: entry.manager ?? '',
    operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
    subresource: entry.subresource,
    paths: fromFieldsV1(entry.fieldsV1),
    entry,
  }));

/**
 * Writes a manager's entry as the one that holds `paths`, and takes `lost` from all others. Entries that hold nothing
 * are dropped, an entry that holds the same keeps its time.
 */
export const withOwnership = (
  owners: readonly Ownership[],
  writer: Manager,
  paths: ReadonlySet<FieldPath>,
  lost: ReadonlySet<FieldPath>,
  stamp: { resource: Resource; time: string },
): ManagedFieldsEntry[] => {
  const others = owners.filter((it) => !isSameManager(it, writer));
  const own = owners.find((it) => isSameManager(it, writer));
  const entries = others.map((it) => ({ held: difference(it.paths, lost), entry: it.entry }));
  const kept = entries
    .filter(({ held }) => held.size > 0)
    .map(({ held, entry }) => ({ ...entry, fieldsV1: toFieldsV1(held) }));
  if (paths.size === 0) return kept;
  const unchanged =
    own !== undefined && paths.size === own.paths.size && difference(paths, own.paths).size === 0;
  const entry: ManagedFieldsEntry = {
    manager: writer.manager,
    operation: writer.operation,
    apiVersion: apiVersionOf(stamp.resource),
    time: unchanged && own.entry.time !== undefined ? own.entry.time : stamp.time,
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(paths),
    ...(writer.subresource && { subresource: writer.subresource }),
  };
  return [...kept, entry];
};

/** `managedFields` after an update or a patch: its manager owns what it changed, and others no longer do. */
export const afterUpdate = (
  before: KubeObject | undefined,
  after: KubeObject,
  writer: Manager,
  stamp: { resource: Resource; time: string },
): ManagedFieldsEntry[] => {
  const old = before === undefined ? new Map<FieldPath, unknown>() : leavesOf(before, stamp.resource.custom);
  const now = leavesOf(after, stamp.resource.custom);
  const changed = new Set([...now].filter(([path, value]) => !same(old, path, value)).map(([path]) => path));
  const removed = new Set([...old.keys()].filter((path) => !now.has(path)));
  const owners = ownershipsOf(before);
  if (changed.size === 0 && removed.size === 0) return before?.metadata.managedFields ?? [];
  const own = owners.find((it) => isSameManager(it, writer))?.paths ?? new Set<FieldPath>();
  return withOwnership(
    owners,
    writer,
    difference([...own, ...changed], removed),
    new Set([...changed, ...removed]),
    stamp,
  );
};

const same = (leaves: ReadonlyMap<FieldPath, unknown>, path: FieldPath, value: unknown) =>
  leaves.has(path) && isDeepStrictEqual(leaves.get(path), value);
