import { isObject, type JsonObject } from '../objects.ts';
import { badRequest } from '../status.ts';
import { listKeys } from './list-keys.ts';

const DIRECTIVE = '$patch';
const ORDER = '$setElementOrder/';
const DELETE_VALUES = '$deleteFromPrimitiveList/';
const RETAIN = '$retainKeys';

/**
 * Applies a strategic merge patch: objects merge by member, null deletes, lists of the core types merge by their key
 * (`containers` by `name`), with the directives `$patch: delete | replace`, `$setElementOrder`, `$retainKeys` and
 * `$deleteFromPrimitiveList`. A list item without its merge key is refused.
 */
export const strategicMerge = (
  live: JsonObject,
  patch: JsonObject,
  path: readonly string[] = [],
): JsonObject => {
  if (patch[DIRECTIVE] === 'replace') return withoutDirectives(patch);
  if (patch[DIRECTIVE] === 'delete') return {};
  const result = retained(live, patch[RETAIN]);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_VALUES)) deleteValues(result, key.slice(DELETE_VALUES.length), value);
    else if (key.startsWith('$')) continue;
    else if (value === null) delete result[key];
    else if (Array.isArray(value)) {
      const current = result[key];
      result[key] = mergeList(
        Array.isArray(current) ? current : [],
        value,
        [...path, key],
        patch[ORDER + key],
      );
    } else if (isObject(value)) {
      const current = result[key];
      if (value[DIRECTIVE] === 'delete') delete result[key];
      else result[key] = strategicMerge(isObject(current) ? current : {}, value, [...path, key]);
    } else result[key] = value;
  }
  return result;
};

const withoutDirectives = (patch: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(patch).filter(([key, value]) => !key.startsWith('$') && value !== null));

const retained = (live: JsonObject, keys: unknown): JsonObject =>
  Array.isArray(keys)
    ? Object.fromEntries(Object.entries(live).filter(([key]) => keys.includes(key)))
    : { ...live };

const deleteValues = (target: JsonObject, key: string, values: unknown) => {
  const current = target[key];
  if (Array.isArray(current) && Array.isArray(values))
    target[key] = current.filter((it) => !values.includes(it));
};

const mergeList = (live: unknown[], patch: unknown[], path: readonly string[], order: unknown): unknown[] => {
  const keys = listKeys(path, false);
  if (keys === undefined) return patch;
  if (keys === 'set') return [...new Set([...live, ...patch])];
  const items = patch.filter(isObject);
  if (items.some((item) => item[DIRECTIVE] === 'replace'))
    return items.filter((item) => !(DIRECTIVE in item));
  const merged = items.reduce((list, item) => mergeItem(list, item, keys[0] ?? '', path), live);
  return Array.isArray(order) ? reordered(merged, order, keys[0] ?? '') : merged;
};

const mergeItem = (list: unknown[], item: JsonObject, key: string, path: readonly string[]): unknown[] => {
  if (item[key] === undefined) {
    throw badRequest(`${path.join('.')}: an item does not contain the declared merge key: ${key}`);
  }
  const index = list.findIndex((it) => isObject(it) && it[key] === item[key]);
  if (item[DIRECTIVE] === 'delete') return list.filter((_, at) => at !== index);
  const current = list[index];
  const next = strategicMerge(isObject(current) ? current : {}, item, path);
  return index < 0 ? [...list, next] : list.with(index, next);
};

/** Puts the items that the order names into that order; the others keep their places. */
const reordered = (list: unknown[], order: unknown[], key: string): unknown[] => {
  const names = order.map((it) => (isObject(it) ? it[key] : it));
  const rank = (item: unknown) => (isObject(item) ? names.indexOf(item[key]) : -1);
  const named = list.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b));
  return list.map((item) => (rank(item) < 0 ? item : named.shift()));
};
