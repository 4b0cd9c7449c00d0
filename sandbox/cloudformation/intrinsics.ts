import { type Fields, isFields } from './template.ts';

/** What the names in a template mean while one of its stacks is deployed. */
export interface Scope {
  /** The value of a parameter, a resource (its physical id) or a pseudo parameter. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): unknown;
  importValue(name: string): unknown;
  readonly region: string;
}

/** A property that is not there: `AWS::NoValue`. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const list = (value: unknown): unknown[] => {
  if (!Array.isArray(value)) throw new Error(`a list is needed, got ${JSON.stringify(value)}`);
  return value;
};
const text = (value: unknown): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new Error(`a text is needed, got ${JSON.stringify(value)}`);
};
const args = (argument: unknown, scope: Scope): unknown[] =>
  list(argument).map((item) => resolveValue(item, scope));

const getAtt: Intrinsic = (argument, scope) => {
  const [logicalId = '', ...attribute] = Array.isArray(argument)
    ? argument.map(text)
    : text(argument).split('.');
  return scope.getAtt(logicalId, attribute.join('.'));
};

const sub: Intrinsic = (argument, scope) => {
  const [template, variables = {}] = Array.isArray(argument) ? argument : [argument];
  return text(template).replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const own = (variables as Fields)[name];
    if (own !== undefined) return text(resolveValue(own, scope));
    return text(name.includes('.') ? getAtt(name, scope) : scope.ref(name));
  });
};

const truth = (argument: unknown, scope: Scope): boolean =>
  isFields(argument) && typeof argument.Condition === 'string'
    ? scope.condition(argument.Condition)
    : resolveValue(argument, scope) === true;

/** CloudFormation User Guide, "Intrinsic function reference". */
const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => scope.ref(text(name)),
  'Fn::GetAtt': getAtt,
  'Fn::Sub': sub,
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = args(argument, scope);
    return list(parts).map(text).join(text(separator));
  },
  'Fn::Select': (argument, scope) => {
    const [index, values] = args(argument, scope);
    const value = list(values)[Number(index)];
    if (value === undefined) throw new Error(`Fn::Select: index ${String(index)} is outside the list`);
    return value;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, value] = args(argument, scope);
    return text(value).split(text(separator));
  },
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = list(argument);
    return resolveValue(scope.condition(text(condition)) ? yes : no, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = args(argument, scope);
    return text(left) === text(right);
  },
  'Fn::And': (argument, scope) => list(argument).every((item) => truth(item, scope)),
  'Fn::Or': (argument, scope) => list(argument).some((item) => truth(item, scope)),
  'Fn::Not': (argument, scope) => !truth(list(argument)[0], scope),
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = args(argument, scope).map(text);
    return scope.mapping(map ?? '', first ?? '', second ?? '');
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(resolveValue(argument, scope))),
  'Fn::Base64': (argument, scope) => Buffer.from(text(resolveValue(argument, scope))).toString('base64'),
  'Fn::GetAZs': (argument, scope) => {
    const region = text(resolveValue(argument, scope)) || scope.region;
    return ['a', 'b', 'c'].map((zone) => region + zone);
  },
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(resolveValue(argument, scope)),
};

const intrinsicOf = (value: Fields): [string, unknown] | undefined => {
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  return entries.length === 1 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))
    ? [name, argument]
    : undefined;
};

/**
 * Puts values in place of a template's intrinsic functions.
 * @throws Error for a function that the sandbox does not know
 */
export const resolveValue = (value: unknown, scope: Scope): unknown => {
  if (Array.isArray(value)) {
    return value.map((item) => resolveValue(item, scope)).filter((item) => item !== NO_VALUE);
  }
  if (!isFields(value)) return value;
  const [name, argument] = intrinsicOf(value) ?? [];
  if (name === undefined) {
    const entries = Object.entries(value).map(([key, item]) => [key, resolveValue(item, scope)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
  }
  const intrinsic = INTRINSICS[name];
  if (intrinsic === undefined) throw new Error(`the function ${name} is not in the sandbox`);
  return intrinsic(argument, scope);
};

/** The resource or parameter that an intrinsic function names directly. */
const namesIn: Readonly<Record<string, (argument: unknown) => string[]>> = {
  Ref: (argument) => [String(argument)],
  'Fn::GetAtt': (argument) => [String(Array.isArray(argument) ? argument[0] : argument).split('.')[0] ?? ''],
  'Fn::Sub': (argument) => {
    const template = String(Array.isArray(argument) ? argument[0] : argument);
    return [...template.matchAll(/\$\{([^!}.][^}.]*)[^}]*\}/g)].map(([, name = '']) => name);
  },
};

/** The names that a value refers to: resources, parameters and pseudo parameters. */
export const referencesOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(referencesOf);
  if (!isFields(value)) return [];
  const [name = '', argument] = intrinsicOf(value) ?? [];
  return [...(namesIn[name]?.(argument) ?? []), ...Object.values(value).flatMap(referencesOf)];
};
