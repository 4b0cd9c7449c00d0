import type { NormalizedSchema } from '@smithy/core/schema';
import { membersOf, type Shape, traitsOf } from './schema.ts';
import { fromText } from './text.ts';

/** Form fields as a tree: `Tags.member.1.Key=a` is `{Tags: {member: {1: {Key: 'a'}}}}`. */
interface Node {
  text?: string;
  readonly children: Map<string, Node>;
}

const node = (): Node => ({ children: new Map() });

function tree(fields: URLSearchParams): Node {
  const root = node();
  for (const [path, text] of fields) {
    let at = root;
    for (const part of path.split('.')) {
      let child = at.children.get(part);
      if (child === undefined) {
        child = node();
        at.children.set(part, child);
      }
      at = child;
    }
    at.text = text;
  }
  return root;
}

const inOrder = (list: Node): Node[] =>
  [...list.children]
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);

function readStruct(schema: NormalizedSchema, from: Node): Shape {
  const value: Shape = {};
  for (const [name, member] of membersOf(schema)) {
    const child = from.children.get(traitsOf(member).xmlName ?? name);
    const read = child && readNode(member, child);
    if (read !== undefined) value[name] = read;
  }
  return value;
}

function readMap(schema: NormalizedSchema, from: Node): Shape {
  const entries = traitsOf(schema).xmlFlattened ? from : (from.children.get('entry') ?? node());
  const [key, value] = [schema.getKeySchema(), schema.getValueSchema()];
  const read = inOrder(entries).map((entry) => [
    entry.children.get(traitsOf(key).xmlName ?? 'key')?.text ?? '',
    readNode(value, entry.children.get(traitsOf(value).xmlName ?? 'value') ?? node()),
  ]);
  return Object.fromEntries(read);
}

function readList(schema: NormalizedSchema, from: Node): unknown[] {
  const member = schema.getValueSchema();
  const items = traitsOf(schema).xmlFlattened
    ? from
    : (from.children.get(traitsOf(member).xmlName ?? 'member') ?? node());
  return inOrder(items).map((item) => readNode(member, item));
}

function readNode(schema: NormalizedSchema, from: Node): unknown {
  if (schema.isStructSchema()) return readStruct(schema, from);
  if (schema.isListSchema()) return readList(schema, from);
  if (schema.isMapSchema()) return readMap(schema, from);
  return from.text === undefined ? undefined : fromText(schema, from.text);
}

/** Decodes the parameters of a Query request (awsQuery: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html). */
export const readQuery = (schema: NormalizedSchema, fields: URLSearchParams): Shape =>
  readStruct(schema, tree(fields));
