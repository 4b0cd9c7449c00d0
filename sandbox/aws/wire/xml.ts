import type { NormalizedSchema } from '@smithy/core/schema';
import { isShape, membersOf, type Shape, traitsOf } from './schema.ts';
import { DATE_TIME, toText } from './text.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
  '\n': '&#xA;',
};

/** Text as it stands between two XML tags. */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>"\r\n]/g, (char) => ESCAPES[char] ?? char);

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

function writeList(name: string, schema: NormalizedSchema, items: readonly unknown[]): string {
  const member = schema.getValueSchema();
  const flattened = traitsOf(schema).xmlFlattened;
  const itemName = flattened ? name : (traitsOf(member).xmlName ?? 'member');
  const written = items.map((item) => writeMember(itemName, member, item)).join('');
  return flattened ? written : element(name, written);
}

function writeMap(name: string, schema: NormalizedSchema, map: Shape): string {
  const [key, value] = [schema.getKeySchema(), schema.getValueSchema()];
  const flattened = traitsOf(schema).xmlFlattened;
  const entries = Object.entries(map).map(([entryKey, entryValue]) =>
    element(
      flattened ? name : 'entry',
      element(traitsOf(key).xmlName ?? 'key', escapeXml(entryKey)) +
        writeMember(traitsOf(value).xmlName ?? 'value', value, entryValue),
    ),
  );
  return flattened ? entries.join('') : element(name, entries.join(''));
}

function writeMember(name: string, schema: NormalizedSchema, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (schema.isListSchema()) return writeList(name, schema, value as unknown[]);
  if (schema.isMapSchema()) return writeMap(name, schema, value as Shape);
  if (schema.isStructSchema()) return element(name, writeXml(schema, value));
  return element(name, escapeXml(toText(schema, value, DATE_TIME)));
}

/** The members of a structure as XML elements. */
export function writeXml(schema: NormalizedSchema, value: unknown): string {
  if (!isShape(value)) return '';
  return membersOf(schema)
    .map(([name, member]) => writeMember(traitsOf(member).xmlName ?? name, member, value[name]))
    .join('');
}
