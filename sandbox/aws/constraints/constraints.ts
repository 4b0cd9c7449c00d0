import { readFile } from 'node:fs/promises';

/** What a service's model says of a value beyond its type. For strings and lists, min and max are lengths. */
export interface Constraint {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

/** Constraints by place: `Structure.member`, with `[]` for the items of a list and `{}` for the values of a map. */
export type Constraints = Readonly<Record<string, Constraint>>;

const compiled = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(`^(?:${pattern})$`, 'su');
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

const failed = (value: unknown, path: string, rule: string) =>
  `Value '${Array.isArray(value) ? `[${value.length} items]` : String(value)}' at '${path}' failed to satisfy constraint: ${rule}`;

function* brokenRules({ min, max, pattern, enum: allowed }: Constraint, value: unknown): Generator<string> {
  if (typeof value === 'number') {
    if (min !== undefined && value < min) yield `Member must have value greater than or equal to ${min}`;
    if (max !== undefined && value > max) yield `Member must have value less than or equal to ${max}`;
    return;
  }
  const length =
    Array.isArray(value) || value instanceof Uint8Array || typeof value === 'string' ? value.length : 0;
  if (min !== undefined && length < min) yield `Member must have length greater than or equal to ${min}`;
  if (max !== undefined && length > max) yield `Member must have length less than or equal to ${max}`;
  if (typeof value !== 'string') return;
  if (pattern !== undefined && !matches(pattern, value))
    yield `Member must satisfy regular expression pattern: ${pattern}`;
  if (allowed !== undefined && !allowed.includes(value))
    yield `Member must satisfy enum value set: [${allowed.join(', ')}]`;
}

/** The constraints that `value` breaks at its place `key`, in AWS's words; `path` is where it stands in the input. */
export function breaches(
  table: Constraints | undefined,
  key: string,
  value: unknown,
  path: string,
): string[] {
  const constraint = table?.[key];
  return constraint === undefined
    ? []
    : [...brokenRules(constraint, value)].map((rule) => failed(value, path, rule));
}

const tables = new Map<string, Promise<Constraints | undefined>>();

async function read(service: string): Promise<Constraints | undefined> {
  const text = await readFile(new URL(`${service}.json`, import.meta.url), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { constraints: Constraints }).constraints;
}

/** The table of a service, by its IAM prefix; undefined where there is none. */
export function constraintsOf(service: string): Promise<Constraints | undefined> {
  let table = tables.get(service);
  if (table === undefined) {
    table = read(service);
    tables.set(service, table);
  }
  return table;
}
