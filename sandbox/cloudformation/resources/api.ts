import type { Fields } from '../template.ts';

/** The members named, those that are there. */
export const pick = (properties: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(
    names.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );

/** Templates write member names in PascalCase where the APIs of newer services write them in camelCase. */
export const camelCased = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, item]) => [name.charAt(0).toLowerCase() + name.slice(1), camelCased(item)]),
  );
};

/** Templates take JSON documents as text or as an object; the APIs take text. */
export const jsonText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
