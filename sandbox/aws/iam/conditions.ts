import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { type Conditions, type ConditionValue, type RequestContext, several } from './policy.ts';
import { matchesWildcards, plainText, withVariables } from './wildcards.ts';

/** Compares one value of the request with one value of the policy. */
type Test = (actual: string, wanted: string) => boolean;

const numeric =
  (compare: (a: number, b: number) => boolean): Test =>
  (actual, wanted) =>
    compare(Number(actual), Number(wanted));

/** ISO 8601 or seconds since the epoch (IAM User Guide, "Date condition operators"). */
const time = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const dated =
  (compare: (a: number, b: number) => boolean): Test =>
  (actual, wanted) =>
    compare(time(actual), time(wanted));

const isArnPattern = (text: string): boolean => text === '*' || text.split(':').length >= 6;

/** ARNs match part by part: a wildcard does not reach over a colon, but for the last part. */
const arnLike: Test = (actual, wanted) => {
  if (wanted === '*') return true;
  const parts = (arn: string) => {
    const split = arn.split(':');
    return [...split.slice(0, 5), split.slice(5).join(':')];
  };
  const [wantedParts, actualParts] = [parts(wanted), parts(actual)];
  return (
    isArnPattern(wanted) &&
    wantedParts.every((part, index) => matchesWildcards(part, actualParts[index] ?? ''))
  );
};

/** A range, or one address: without a mask it is `/32` (IAM User Guide, "IP address condition operators"), and `/128` for IPv6. */
const inRange: Test = (actual, wanted) => {
  const [network = '', bits] = wanted.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  if (!isIPv4(actual) && !isIPv6(actual)) return false;
  const range = new BlockList();
  range.addSubnet(network, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  return range.check(actual, isIPv6(actual) ? 'ipv6' : 'ipv4');
};

const equals = (a: number, b: number) => a === b;
const sameText: Test = (actual, wanted) => actual === plainText(wanted);
const ignoringCase: Test = (actual, wanted) => actual.toLowerCase() === plainText(wanted).toLowerCase();
const like: Test = (actual, wanted) => matchesWildcards(wanted, actual);

/** IAM User Guide, "IAM JSON policy elements: Condition operators". */
const POSITIVE: Readonly<Record<string, Test>> = {
  stringequals: sameText,
  stringequalsignorecase: ignoringCase,
  stringlike: like,
  numericequals: numeric(equals),
  numericlessthan: numeric((a, b) => a < b),
  numericlessthanequals: numeric((a, b) => a <= b),
  numericgreaterthan: numeric((a, b) => a > b),
  numericgreaterthanequals: numeric((a, b) => a >= b),
  dateequals: dated(equals),
  datelessthan: dated((a, b) => a < b),
  datelessthanequals: dated((a, b) => a <= b),
  dategreaterthan: dated((a, b) => a > b),
  dategreaterthanequals: dated((a, b) => a >= b),
  bool: ignoringCase,
  binaryequals: sameText,
  ipaddress: inRange,
  arnequals: arnLike,
  arnlike: arnLike,
};

/** The negated operators: true when no value of the policy matches. */
const NEGATED: Readonly<Record<string, Test>> = {
  stringnotequals: sameText,
  stringnotequalsignorecase: ignoringCase,
  stringnotlike: like,
  numericnotequals: numeric(equals),
  datenotequals: dated(equals),
  notipaddress: inRange,
  arnnotequals: arnLike,
  arnnotlike: arnLike,
};

type Quantifier = 'forallvalues' | 'foranyvalue' | undefined;

interface Operator {
  readonly name: string;
  readonly quantifier: Quantifier;
  readonly ifExists: boolean;
}

function parseOperator(text: string): Operator {
  const [last = '', first] = text.toLowerCase().split(':').reverse();
  const ifExists = last.endsWith('ifexists');
  return { name: ifExists ? last.slice(0, -8) : last, quantifier: first as Quantifier, ifExists };
}

function holds(operator: Operator, key: string, value: ConditionValue, context: RequestContext): boolean {
  const actual = context[key.toLowerCase()];
  const filled = several(value).map((item) => withVariables(String(item), context));
  const wanted = filled.filter((item) => item !== undefined);
  if (operator.name === 'null')
    return wanted.some((item) => (item.toLowerCase() === 'true') === (actual === undefined));
  const negated = NEGATED[operator.name];
  const test = POSITIVE[operator.name] ?? negated;
  if (test === undefined) throw new Error(`unknown condition operator ${operator.name} for ${key}`);
  if (actual === undefined || (actual.length === 0 && operator.quantifier !== undefined)) {
    if (operator.quantifier !== undefined) return operator.quantifier === 'forallvalues';
    return operator.ifExists || negated !== undefined;
  }
  // A variable without a value says nothing, in either direction; nor does a text that is no ARN.
  if (negated !== undefined && filled.includes(undefined)) return false;
  if (negated === arnLike && !wanted.every(isArnPattern)) return false;
  const one = (item: string) => wanted.some((pattern) => test(item, pattern)) !== (negated !== undefined);
  if (operator.quantifier === 'forallvalues') return actual.every(one);
  // A negated operator without a quantifier wants none of the request's values to match.
  return negated !== undefined && operator.quantifier === undefined ? actual.every(one) : actual.some(one);
}

/** Whether every condition of a statement holds. Missing keys: only negated, IfExists, ForAllValues and Null hold. */
export const conditionsHold = (conditions: Conditions | undefined, context: RequestContext): boolean =>
  Object.entries(conditions ?? {}).every(([operator, keys]) => {
    const parsed = parseOperator(operator);
    return Object.entries(keys).every(([key, value]) => holds(parsed, key, value, context));
  });
