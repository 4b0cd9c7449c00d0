import type { NormalizedSchema } from '@smithy/core/schema';
import { breaches, type Constraints } from '../constraints/constraints.ts';
import { isShape, membersOf, requiredOf, type Shape } from './schema.ts';

interface Visit {
  readonly problems: string[];
  readonly constraints: Constraints | undefined;
  /** Whether members that the schema does not know are a problem: in our own answers they are. */
  readonly closed: boolean;
}

/** Checks one value; `key` is its place in the table of constraints (`WeightedTarget.weight`, `TagKeyList[]`). */
function visit(schema: NormalizedSchema, value: unknown, path: string, key: string, at: Visit): void {
  const wanted = wantedKind(schema);
  if (wanted !== undefined && !wanted.test(value)) {
    at.problems.push(
      `Value of type ${kindOf(value)} at '${path}' failed to satisfy constraint: Member must be ${wanted.name}`,
    );
    return;
  }
  at.problems.push(...breaches(at.constraints, key, value, path));
  if (schema.isStructSchema()) visitStruct(schema, value as Shape, path, at);
  else if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    (value as unknown[]).forEach((item, index) => {
      visit(member, item, `${path}.${index + 1}.member`, `${key}[]`, at);
    });
  } else if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    for (const [name, item] of Object.entries(value as Shape))
      visit(member, item, `${path}.${name}`, `${key}{}`, at);
  }
}

function visitStruct(schema: NormalizedSchema, value: Shape, path: string, at: Visit): void {
  const place = (name: string) => (path === '' ? name : `${path}.${name}`);
  for (const name of requiredOf(schema)) {
    if (value[name] === undefined || value[name] === null)
      at.problems.push(
        `Value null at '${place(name)}' failed to satisfy constraint: Member must not be null`,
      );
  }
  const members = membersOf(schema);
  const given = members.filter(([name]) => value[name] !== undefined && value[name] !== null);
  if (schema.isUnionSchema() && given.length !== 1)
    at.problems.push(
      `Value at '${path}' failed to satisfy constraint: Exactly one of ${members.map(([name]) => name).join(', ')} must be set, got ${given.length}`,
    );
  if (at.closed) {
    const known = new Set(members.map(([name]) => name));
    for (const name of Object.keys(value))
      if (!known.has(name))
        at.problems.push(`Value at '${place(name)}' is not a member of ${schema.getName()}`);
  }
  for (const [name, member] of given)
    visit(member, value[name], place(name), `${schema.getName()}.${name}`, at);
}

interface Kind {
  readonly name: string;
  test(value: unknown): boolean;
}

const KINDS = {
  structure: { name: 'a structure', test: isShape },
  list: { name: 'a list', test: Array.isArray },
  map: { name: 'a map', test: isShape },
  string: {
    name: 'a string',
    test: (value: unknown) => typeof value === 'string' || value instanceof String,
  },
  number: { name: 'a number', test: (value: unknown) => typeof value === 'number' },
  boolean: { name: 'true or false', test: (value: unknown) => typeof value === 'boolean' },
  time: {
    name: 'a timestamp',
    test: (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime()),
  },
  blob: {
    name: 'a blob',
    test: (value: unknown) => value instanceof Uint8Array || typeof value === 'string',
  },
} satisfies Record<string, Kind>;

/** The kind that the schema wants; undefined where anything goes (documents, big numbers, streams). */
function wantedKind(schema: NormalizedSchema): Kind | undefined {
  if (schema.isStreaming()) return undefined;
  if (schema.isStructSchema()) return KINDS.structure;
  if (schema.isListSchema()) return KINDS.list;
  if (schema.isMapSchema()) return KINDS.map;
  if (schema.isStringSchema()) return KINDS.string;
  if (schema.isNumericSchema()) return KINDS.number;
  if (schema.isBooleanSchema()) return KINDS.boolean;
  if (schema.isTimestampSchema()) return KINDS.time;
  return schema.isBlobSchema() ? KINDS.blob : undefined;
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;

const check = (schema: NormalizedSchema, value: unknown, at: Visit): readonly string[] => {
  if (schema.isStructSchema()) visit(schema, value, '', '', at);
  return at.problems;
};

/** Every way in which an input breaks its schema (required, types, unions) and its constraints, in AWS's words. */
export const inputProblems = (
  schema: NormalizedSchema,
  value: unknown,
  constraints?: Constraints,
): readonly string[] => check(schema, value, { problems: [], constraints, closed: false });

/** Every way in which an answer of ours breaks its schema, members unknown to it included. */
export const outputProblems = (schema: NormalizedSchema, value: unknown): readonly string[] =>
  check(schema, value, { problems: [], constraints: undefined, closed: true });
