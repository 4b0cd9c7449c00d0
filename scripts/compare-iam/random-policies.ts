import type { AccessRequest } from '../../sandbox/aws/iam/evaluate.ts';
import type { PolicyDocument, Statement } from '../../sandbox/aws/iam/policy.ts';
import { drawing } from '../drawing.ts';

/** One question to both evaluators. */
export interface Case {
  readonly policies: readonly PolicyDocument[];
  readonly request: AccessRequest;
}

type Draw = <T>(of: readonly T[]) => T;

const ACCOUNT = '111122223333';
const route = (mesh: string, name: string) =>
  `arn:aws:appmesh:eu-west-1:${ACCOUNT}:mesh/${mesh}/virtualRouter/shop-router/route/${name}`;
const ROUTES = [route('global', 'shop'), route('global', 'shop-canary'), route('local', 'shop')];
const ACTIONS = ['appmesh:UpdateRoute', 'appmesh:DescribeRoute', 'appmesh:DeleteRoute'];
const ACTION_PATTERNS = [
  ...ACTIONS,
  ...['appmesh:*', 'appmesh:Update*', 'AppMesh:describeroute', 'appmesh:?e*Route', '*', 'ecr:*'],
];
const RESOURCE_PATTERNS = [
  ...ROUTES,
  ...['*', route('*', 'shop'), route('global', 'shop*'), route('global', 'sho?')],
  ...[`arn:aws:appmesh:*:${ACCOUNT}:mesh/global/*`, 'arn:aws:appmesh:us-east-1:*:mesh/*'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
  route('global', '${aws:PrincipalTag/service}'),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
  route('${aws:PrincipalTag/missing}', 'shop'),
];

/**
 * Operators with values that sometimes hold, by condition key; `ForAnyValue` and `ForAllValues` for keys
 * with many. Two kinds of values are left out, which iam-simulate 0.1.173 reads otherwise than the IAM User Guide ("Condition
 * operators"): dates in seconds since the epoch, which it allows beside ISO 8601, and an address without a mask beside one of the
 * other family, where it gives the address itself as range (`/32`).
 */
const CONDITIONS: readonly (readonly [
  key: string,
  operators: readonly string[],
  values: readonly unknown[],
])[] = [
  [
    'aws:PrincipalTag/service',
    [
      'StringEquals',
      'StringNotEquals',
      'StringLike',
      'StringNotLike',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
    ],
    ['shop', 'Shop', 'sh*', 's?op', 'other', ['other', 'shop']],
  ],
  [
    'aws:PrincipalTag/missing',
    ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'],
    ['shop', '*'],
  ],
  [
    'aws:SourceIp',
    ['IpAddress', 'NotIpAddress'],
    ['10.0.0.0/8', '192.168.1.7/32', '2001:db8::/32', ['10.1.0.0/16', '172.16.0.0/12']],
  ],
  ['aws:SecureTransport', ['Bool'], ['true', 'false', true]],
  [
    'aws:MultiFactorAuthAge',
    ['NumericLessThan', 'NumericGreaterThanEquals', 'NumericEquals', 'NumericNotEquals'],
    ['300', '60', 3600],
  ],
  [
    'aws:CurrentTime',
    ['DateLessThan', 'DateGreaterThan', 'DateGreaterThanEquals'],
    ['2026-01-01T00:00:00Z', '2027-06-01T00:00:00Z'],
  ],
  [
    'aws:PrincipalArn',
    ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
    [
      `arn:aws:iam::${ACCOUNT}:role/shop`,
      `arn:aws:iam::${ACCOUNT}:role/*`,
      'arn:aws:iam::*:role/other',
      'arn:aws:iam::*:*',
    ],
  ],
  [
    'aws:TagKeys',
    [
      ...[
        'ForAnyValue:StringEquals',
        'ForAllValues:StringEquals',
        'ForAnyValue:StringLike',
        'ForAllValues:StringNotEquals',
      ],
      ...['ForAnyValue:StringNotEquals', 'ForAllValues:StringLike'],
    ],
    ['team', ['team', 'cost'], 'c*', ['nobody']],
  ],
];
const TEXTS: Readonly<Record<string, readonly (string | readonly string[])[]>> = {
  'aws:PrincipalTag/service': ['shop', 'Shop', 'other'],
  'aws:SourceIp': ['10.1.2.3', '192.168.1.7', '2001:db8::1'],
  'aws:SecureTransport': ['true', 'false'],
  'aws:MultiFactorAuthAge': ['60', '299', '3600'],
  'aws:CurrentTime': ['2026-11-21T08:00:00Z', '2025-01-01T00:00:00Z'],
  'aws:PrincipalArn': [`arn:aws:iam::${ACCOUNT}:role/shop`, `arn:aws:iam::${ACCOUNT}:role/other`],
  'aws:TagKeys': [['team'], ['team', 'cost'], ['cost', 'owner'], []],
};

const conditionOf = (random: () => number, draw: Draw): Pick<Statement, 'Condition'> => {
  if (random() < 0.4) return {};
  const count = random() < 0.7 ? 1 : 2;
  const conditions: Record<string, Record<string, unknown>> = {};
  for (let index = 0; index < count; index++) {
    const [key, operators, values] = draw(CONDITIONS);
    if (random() < 0.1) conditions.Null = { [key]: draw(['true', 'false']) };
    else {
      const ending = random() < 0.2 ? 'IfExists' : '';
      const operator = draw(operators);
      conditions[`${operator}${ending}`] = { [key]: draw(values) };
    }
  }
  return { Condition: conditions as NonNullable<Statement['Condition']> };
};

const statementOf = (random: () => number, draw: Draw): Statement => {
  const some = (of: readonly string[]) => (random() < 0.6 ? draw(of) : [draw(of), draw(of)]);
  return {
    Effect: random() < 0.7 ? 'Allow' : 'Deny',
    ...(random() < 0.85 ? { Action: some(ACTION_PATTERNS) } : { NotAction: some(ACTION_PATTERNS) }),
    ...(random() < 0.85 ? { Resource: some(RESOURCE_PATTERNS) } : { NotResource: some(RESOURCE_PATTERNS) }),
    ...conditionOf(random, draw),
  };
};

const contextOf = (random: () => number, draw: Draw): AccessRequest['context'] =>
  Object.fromEntries(
    Object.entries(TEXTS)
      .filter(() => random() < 0.75)
      .map(([key, values]) => [key.toLowerCase(), [draw(values)].flat()]),
  );

/** Random policies with a request each, about half of which are allowed. */
export const randomCases = (count: number, seed: number): readonly Case[] => {
  const random = drawing(seed);
  const draw: Draw = (of) => of[Math.floor(random() * of.length)] as (typeof of)[number];
  const several = <T>(most: number, make: () => T) =>
    Array.from({ length: 1 + Math.floor(random() * most) }, make);
  return Array.from({ length: count }, () => ({
    policies: several(2, () => ({
      Version: '2012-10-17',
      Statement: several(3, () => statementOf(random, draw)),
    })),
    request: { action: draw(ACTIONS), resource: draw(ROUTES), context: contextOf(random, draw) },
  }));
};
