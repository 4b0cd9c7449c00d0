import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../../sandbox/aws/iam/evaluate.ts';
import type { Conditions, PolicyDocument, Statement } from '../../../../sandbox/aws/iam/policy.ts';

const ROUTE = 'arn:aws:appmesh:eu-west-1:111122223333:mesh/global/virtualRouter/podinfo/route/podinfo';

const policy = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const allow = (rest: Partial<Statement>): PolicyDocument =>
  policy({ Effect: 'Allow', Action: 'appmesh:UpdateRoute', Resource: '*', ...rest });

const decide = (
  policies: readonly PolicyDocument[],
  {
    action = 'appmesh:UpdateRoute',
    resource = ROUTE,
    context = {},
  }: { action?: string; resource?: string; context?: Record<string, string[]> } = {},
) => evaluate(policies, { action, resource, context });

describe('statements', () => {
  test.each<[string, PolicyDocument[], string]>([
    ['no policy denies', [], 'implicitDeny'],
    ['an action matches without regard to case', [allow({ Action: 'AppMesh:updateroute' })], 'allow'],
    ['an action matches by wildcard', [allow({ Action: 'appmesh:Update*' })], 'allow'],
    ['a question mark is one character', [allow({ Action: 'appmesh:UpdateRout?' })], 'allow'],
    ['another action is not allowed', [allow({ Action: ['appmesh:DescribeRoute'] })], 'implicitDeny'],
    [
      'a resource matches by wildcard over slashes',
      [allow({ Resource: 'arn:aws:appmesh:*:*:mesh/global/*' })],
      'allow',
    ],
    [
      'a resource matches with regard to case',
      [allow({ Resource: ROUTE.replace('podinfo', 'Podinfo') })],
      'implicitDeny',
    ],
    ['dots are dots', [allow({ Resource: ROUTE.replace('mesh/global', 'mesh.global') })], 'implicitDeny'],
    [
      'NotResource leaves out what it names',
      [policy({ Effect: 'Allow', Action: '*', NotResource: ROUTE })],
      'implicitDeny',
    ],
    [
      'NotResource covers the rest',
      [policy({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::x' })],
      'allow',
    ],
    [
      'a Deny wins in another policy',
      [allow({}), policy({ Effect: 'Deny', Action: '*', Resource: '*' })],
      'explicitDeny',
    ],
    [
      'a Deny that does not apply takes nothing',
      [allow({}), policy({ Effect: 'Deny', Action: 's3:*', Resource: '*' })],
      'allow',
    ],
  ])('%s', (_, policies, decision) => {
    expect(decide(policies)).toBe(decision);
  });

  test('NotAction covers every other action', () => {
    const all = policy({ Effect: 'Allow', NotAction: ['iam:*', 'appmesh:Delete*'], Resource: '*' });
    expect(decide([all])).toBe('allow');
    expect(decide([all], { action: 'appmesh:DeleteRoute' })).toBe('implicitDeny');
  });
});

describe('policy variables', () => {
  const own = allow({ Resource: `arn:aws:appmesh:*:*:mesh/\${aws:PrincipalTag/mesh}/*` });

  test('stand for the value in the request', () => {
    expect(decide([own], { context: { 'aws:principaltag/mesh': ['global'] } })).toBe('allow');
    expect(decide([own], { context: { 'aws:principaltag/mesh': ['other'] } })).toBe('implicitDeny');
  });

  test('a wildcard in the value is no wildcard', () => {
    expect(decide([own], { context: { 'aws:principaltag/mesh': ['*'] } })).toBe('implicitDeny');
  });

  test('without a value the statement does not apply, but for a default', () => {
    expect(decide([own])).toBe('implicitDeny');
    const withDefault = allow({ Resource: `arn:aws:appmesh:*:*:mesh/\${aws:PrincipalTag/mesh, 'global'}/*` });
    expect(decide([withDefault])).toBe('allow');
  });

  test('in NotResource, a variable without a value keeps the statement out', () => {
    const without = policy({ Effect: 'Allow', Action: '*', NotResource: `\${aws:PrincipalTag/none}` });
    expect(decide([without])).toBe('implicitDeny');
  });

  test('an escaped star is the character', () => {
    const literal = allow({ Resource: `\${*}` });
    expect(decide([literal])).toBe('implicitDeny');
    expect(decide([literal], { resource: '*' })).toBe('allow');
  });
});

describe('conditions', () => {
  const holds = (Condition: Conditions, context: Record<string, string[]>) =>
    decide([allow({ Condition })], { context }) === 'allow';
  const key = { 'aws:k': ['v'] };

  test.each<[string, Conditions, Record<string, string[]>, boolean]>([
    ['StringEquals', { StringEquals: { 'aws:K': ['u', 'v'] } }, key, true],
    ['StringEquals, missing key', { StringEquals: { 'aws:k': 'v' } }, {}, false],
    ['StringEqualsIfExists, missing key', { StringEqualsIfExists: { 'aws:k': 'v' } }, {}, true],
    ['StringNotEquals', { StringNotEquals: { 'aws:k': ['u', 'v'] } }, key, false],
    ['StringNotEquals, missing key', { StringNotEquals: { 'aws:k': 'v' } }, {}, true],
    ['StringEqualsIgnoreCase', { StringEqualsIgnoreCase: { 'aws:k': 'V' } }, key, true],
    ['StringLike', { StringLike: { 'aws:k': 'a*c?' } }, { 'aws:k': ['abbcd'] }, true],
    ['StringNotLike', { StringNotLike: { 'aws:k': 'a*' } }, { 'aws:k': ['abc'] }, false],
    ['NumericLessThanEquals', { NumericLessThanEquals: { 'aws:k': 10 } }, { 'aws:k': ['10'] }, true],
    ['NumericGreaterThan', { NumericGreaterThan: { 'aws:k': '10' } }, { 'aws:k': ['9'] }, false],
    [
      'DateLessThan',
      { DateLessThan: { 'aws:k': '2026-11-22T00:00:00Z' } },
      { 'aws:k': ['2026-11-21T23:59:59Z'] },
      true,
    ],
    [
      'DateGreaterThan, epoch',
      { DateGreaterThan: { 'aws:k': '0' } },
      { 'aws:k': ['1970-01-02T00:00:00Z'] },
      true,
    ],
    ['Bool', { Bool: { 'aws:k': true } }, { 'aws:k': ['true'] }, true],
    ['IpAddress', { IpAddress: { 'aws:k': '10.0.0.0/8' } }, { 'aws:k': ['10.9.8.7'] }, true],
    ['NotIpAddress', { NotIpAddress: { 'aws:k': '10.0.0.0/8' } }, { 'aws:k': ['10.9.8.7'] }, false],
    [
      'ArnLike, a wildcard in one part',
      { ArnLike: { 'aws:k': 'arn:aws:iam::*:role/x*' } },
      { 'aws:k': ['arn:aws:iam::1:role/x/y'] },
      true,
    ],
    [
      'ArnLike, no wildcard over a colon',
      { ArnLike: { 'aws:k': 'arn:aws:*:role/x' } },
      { 'aws:k': ['arn:aws:iam::1:role/x'] },
      false,
    ],
    [
      'ArnNotEquals',
      { ArnNotEquals: { 'aws:k': 'arn:aws:iam::1:role/x' } },
      { 'aws:k': ['arn:aws:iam::1:role/y'] },
      true,
    ],
    ['Null true, key there', { Null: { 'aws:k': 'true' } }, key, false],
    ['Null true, key missing', { Null: { 'aws:k': true } }, {}, true],
    [
      'ForAllValues, all match',
      { 'ForAllValues:StringEquals': { 'aws:k': ['a', 'b'] } },
      { 'aws:k': ['a', 'b'] },
      true,
    ],
    [
      'ForAllValues, one does not',
      { 'ForAllValues:StringEquals': { 'aws:k': ['a'] } },
      { 'aws:k': ['a', 'b'] },
      false,
    ],
    ['ForAllValues, missing key', { 'ForAllValues:StringEquals': { 'aws:k': ['a'] } }, {}, true],
    [
      'ForAnyValue, one matches',
      { 'ForAnyValue:StringLike': { 'aws:k': ['b*'] } },
      { 'aws:k': ['a', 'bc'] },
      true,
    ],
    [
      'ForAnyValue IfExists, missing key',
      { 'ForAnyValue:StringEqualsIfExists': { 'aws:k': ['a'] } },
      {},
      false,
    ],
    [
      'StringNotEquals to a variable without a value',
      { StringNotEquals: { 'aws:k': '\u0024{aws:none}' } },
      key,
      false,
    ],
    [
      'ArnNotLike of what is no ARN',
      { ArnNotLike: { 'aws:k': 'arn:*:role/x' } },
      { 'aws:k': ['arn:aws:iam::1:role/y'] },
      false,
    ],
    ['ArnLike of anything', { ArnLike: { 'aws:k': '*' } }, { 'aws:k': ['arn:aws:iam::1:role/y'] }, true],
    ['ForAnyValue, missing key', { 'ForAnyValue:StringEquals': { 'aws:k': ['a'] } }, {}, false],
    ['several keys must all hold', { StringEquals: { 'aws:k': 'v', 'aws:l': 'w' } }, key, false],
    [
      'several operators must all hold',
      { StringEquals: { 'aws:k': 'v' }, Null: { 'aws:k': 'true' } },
      key,
      false,
    ],
  ])('%s', (_, conditions, context, expected) => {
    expect(holds(conditions, context)).toBe(expected);
  });

  test('an operator that IAM does not know is an error, not a silent no', () => {
    expect(() => holds({ StringSimilar: { 'aws:k': 'v' } }, key)).toThrow(/stringsimilar/);
  });
});
