import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { isShape, type Shape } from '../../wire/schema.ts';

/** An EventBridge event pattern, as JSON has it. */
export type EventPattern = Readonly<Record<string, unknown>>;

/** A pattern that EventBridge would refuse. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidEventPatternException';
}

type Matcher = (value: unknown) => boolean;

const text =
  (test: (value: string) => boolean): Matcher =>
  (value) =>
    typeof value === 'string' && test(value);

/** `*` is any text; `\*` and `\\` are the characters themselves. Two `*` in a row and other escapes are refused (event-ruler). */
function wildcard(pattern: unknown, path: string): Matcher {
  if (typeof pattern !== 'string') throw new InvalidPattern(`${path}: wildcard must be a text`);
  const parts: readonly string[] = pattern.match(/\\[*\\]|\*|[^*\\]+|\\/g) ?? [];
  if (parts.includes('\\')) throw new InvalidPattern(`${path}: invalid escape character in ${pattern}`);
  if (parts.some((part, at) => part === '*' && parts[at + 1] === '*'))
    throw new InvalidPattern(`${path}: consecutive wildcard characters in ${pattern}`);
  const source = parts.map((part) =>
    part === '*' ? '.*' : part.replace(/^\\([*\\])$/, '$1').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  const expression = new RegExp(`^${source.join('')}$`, 's');
  return text((value) => expression.test(value));
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** `[">", 0, "<=", 5]` */
function numeric(terms: unknown, path: string): Matcher {
  if (!Array.isArray(terms) || terms.length === 0 || terms.length % 2 !== 0)
    throw new InvalidPattern(
      `${path}: numeric must be pairs of operator and number, got ${JSON.stringify(terms)}`,
    );
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < terms.length; at += 2) {
    const [operator, bound] = [terms[at], terms[at + 1]];
    const compare = COMPARE[operator as string];
    if (compare === undefined || typeof bound !== 'number')
      throw new InvalidPattern(
        `${path}: numeric must be pairs of operator and number, got ${JSON.stringify(terms)}`,
      );
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function cidr(block: unknown, path: string): Matcher {
  const [network = '', bits] = String(block).split('/');
  if (!(isIPv4(network) || isIPv6(network)) || bits === undefined)
    throw new InvalidPattern(`${path}: cidr must be an address block, got ${JSON.stringify(block)}`);
  // event-ruler takes no mask that leaves a single address.
  const longest = isIPv6(network) ? 127 : 31;
  if (!/^\d+$/.test(bits) || Number(bits) > longest)
    throw new InvalidPattern(`${path}: cidr mask must be 0 to ${longest}, got ${JSON.stringify(block)}`);
  const blocks = new BlockList();
  blocks.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4');
  return text(
    (value) => (isIPv4(value) && blocks.check(value)) || (isIPv6(value) && blocks.check(value, 'ipv6')),
  );
}

/** A text, or `{ "equals-ignore-case": … }` inside prefix and suffix. */
function affix(wanted: unknown, path: string, test: (value: string, part: string) => boolean): Matcher {
  if (typeof wanted === 'string') return text((value) => test(value, wanted));
  const inner = isShape(wanted) ? wanted['equals-ignore-case'] : undefined;
  if (typeof inner !== 'string')
    throw new InvalidPattern(`${path}: must be a text, got ${JSON.stringify(wanted)}`);
  return text((value) => test(value.toLowerCase(), inner.toLowerCase()));
}

const equalsIgnoringCase = (wanted: unknown, path: string): Matcher => {
  if (typeof wanted !== 'string') throw new InvalidPattern(`${path}: equals-ignore-case must be a text`);
  return text((value) => value.toLowerCase() === wanted.toLowerCase());
};

const anyOf = (wanted: unknown, one: (item: unknown) => Matcher): Matcher => {
  const matchers = (Array.isArray(wanted) ? wanted : [wanted]).map(one);
  return (value) => matchers.some((matcher) => matcher(value));
};

/** `anything-but`: values, a list of them, or one of the text operators, each with a value or a list. */
function anythingBut(wanted: unknown, path: string): Matcher {
  if (isShape(wanted)) {
    const [[name, inner] = []] = Object.entries(wanted);
    const operator = OPERATORS[name ?? ''];
    if (operator === undefined || name === undefined || Object.keys(wanted).length !== 1)
      throw new InvalidPattern(`${path}: anything-but can't hold ${JSON.stringify(wanted)}`);
    if (name !== 'equals-ignore-case' && [inner].flat().includes(''))
      throw new InvalidPattern(`${path}: anything-but of an empty ${name}`);
    const matches = anyOf(inner, (item) => operator(item, path));
    return (value) => !matches(value);
  }
  const refused: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  const kinds = new Set(refused.map((value) => typeof value));
  if (kinds.size !== 1 || !(kinds.has('string') || kinds.has('number')))
    throw new InvalidPattern(`${path}: anything-but takes texts or numbers, got ${JSON.stringify(wanted)}`);
  return (value) => !refused.includes(value);
}

type Operator = (wanted: unknown, path: string) => Matcher;

/** EventBridge User Guide, "Comparison operators"; `exists` is told by the key, not by its value, and stands apart. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  prefix: (wanted, path) => affix(wanted, path, (value, part) => value.startsWith(part)),
  suffix: (wanted, path) => affix(wanted, path, (value, part) => value.endsWith(part)),
  wildcard,
  'equals-ignore-case': equalsIgnoringCase,
  'anything-but': anythingBut,
  numeric,
  cidr,
};

function matcherOf(condition: unknown, path: string): Matcher {
  if (!isShape(condition)) return (value) => value === condition;
  const [[name, wanted] = []] = Object.entries(condition);
  const operator = OPERATORS[name ?? ''];
  if (operator === undefined || Object.keys(condition).length !== 1)
    throw new InvalidPattern(`${path}: unknown comparison ${JSON.stringify(condition)}`);
  return operator(wanted, path);
}

/** Values at a key: lists count as each of their items, objects in lists are looked through. */
function valuesAt(event: unknown, key: string): readonly unknown[] {
  if (Array.isArray(event)) return event.flatMap((item) => valuesAt(item, key));
  return isShape(event) && key in event ? [event[key]] : [];
}

const isExists = (condition: unknown): condition is { exists: boolean } =>
  isShape(condition) && typeof condition.exists === 'boolean';

/**
 * Tests an object. `everywhere` is all that lies at the same path, where a list on the way has several objects: `exists: false`
 * is about all of them, everything else about one object (event-ruler, "Array consistency").
 */
type Test = (event: unknown, everywhere: unknown) => boolean;

/** The leaves at a key: objects are no values, nor is an empty list (EventBridge User Guide, "Exists matching"; event-ruler). */
const leavesAt = (event: unknown, key: string): readonly unknown[] =>
  valuesAt(event, key)
    .flat()
    .filter((value) => !isShape(value));

function compileList(key: string, conditions: readonly unknown[], path: string): Test {
  if (conditions.length === 0) throw new InvalidPattern(`${path}: empty arrays are not allowed`);
  const exists = conditions.filter(isExists).map((condition) => condition.exists);
  const matchers = conditions
    .filter((condition) => !isExists(condition))
    .map((condition) => matcherOf(condition, path));
  return (event, everywhere) => {
    const leaves = leavesAt(event, key);
    if (leaves.length === 0) return exists.includes(false) && leavesAt(everywhere, key).length === 0;
    return exists.includes(true) || leaves.some((value) => matchers.some((matcher) => matcher(value)));
  };
}

function compileKey(key: string, condition: unknown, path: string): Test {
  if (key === '$or' && Array.isArray(condition) && condition.length > 1) {
    const tests = condition.map((item, index) => compile(item, `${path}[${index}]`));
    return (event, everywhere) => tests.some((test) => test(event, everywhere));
  }
  if (Array.isArray(condition)) return compileList(key, condition, path);
  if (!isShape(condition))
    throw new InvalidPattern(
      `${path}: match value must be an object or an array, got ${JSON.stringify(condition)}`,
    );
  const inner = compile(condition, path);
  return (event, everywhere) => {
    // In a list of objects one of them must fit the whole of the inner pattern.
    const found = valuesAt(event, key).flat();
    // A missing branch still satisfies `exists: false` below it.
    const all = valuesAt(everywhere, key).flat();
    return found.length === 0 ? inner({}, all) : found.some((value) => inner(value, all));
  };
}

function compile(pattern: unknown, path: string): Test {
  if (!isShape(pattern) || Object.keys(pattern).length === 0)
    throw new InvalidPattern(`${path || 'pattern'}: must be an object with at least one key`);
  const tests = Object.entries(pattern as Shape).map(([key, condition]) =>
    compileKey(key, condition, path === '' ? key : `${path}.${key}`),
  );
  return (event, everywhere) => tests.every((test) => test(event, everywhere));
}

/**
 * Reads an event pattern into a test of events.
 * @throws InvalidPattern with the path of what EventBridge would refuse
 */
export const compilePattern = (pattern: EventPattern): ((event: unknown) => boolean) => {
  const test = compile(pattern, '');
  return (event) => test(event, event);
};
