import { describe, expect, test } from 'vitest';
import { compilePattern, type EventPattern } from '../../../../../sandbox/aws/services/events/pattern.ts';

const push = {
  source: 'aws.ecr',
  'detail-type': 'ECR Image Action',
  resources: ['arn:aws:ecr:r'],
  detail: {
    'action-type': 'PUSH',
    result: 'SUCCESS',
    'repository-name': 'podinfo',
    'image-tag': '6.0.1',
    size: 12.5,
    scanned: true,
    parent: null,
    findings: [
      { severity: 'LOW', count: 3 },
      { severity: 'HIGH', count: 1, more: true },
    ],
    address: '10.1.2.3',
    nothing: [],
  },
};
const detail = (conditions: Record<string, unknown>): EventPattern => ({ detail: conditions });

describe('an event matches', () => {
  test.each<[string, EventPattern, boolean]>([
    ['exact values, any of them', { source: ['aws.s3', 'aws.ecr'] }, true],
    ['every key', { source: ['aws.ecr'], 'detail-type': ['other'] }, false],
    ['numbers, booleans and null by value', detail({ size: [12.5], scanned: [true], parent: [null] }), true],
    ['no number for a text', detail({ 'image-tag': [6] }), false],
    ['prefix', detail({ 'image-tag': [{ prefix: '6.' }] }), true],
    [
      'prefix without regard to case',
      detail({ 'action-type': [{ prefix: { 'equals-ignore-case': 'pu' } }] }),
      true,
    ],
    ['suffix', detail({ 'image-tag': [{ suffix: '.1' }] }), true],
    ['equals-ignore-case', detail({ 'action-type': [{ 'equals-ignore-case': 'push' }] }), true],
    ['wildcard', detail({ 'image-tag': [{ wildcard: '6.*.1' }] }), true],
    ['wildcard takes dots as dots', detail({ 'image-tag': [{ wildcard: '6?0*' }] }), false],
    ['wildcard with an escaped star', detail({ 'image-tag': [{ wildcard: '6\\*' }] }), false],
    ['anything-but a value', detail({ 'image-tag': [{ 'anything-but': 'latest' }] }), true],
    ['anything-but a list', detail({ 'image-tag': [{ 'anything-but': ['latest', '6.0.1'] }] }), false],
    ['anything-but a prefix', detail({ 'image-tag': [{ 'anything-but': { prefix: '6.' } }] }), false],
    [
      'anything-but a list of suffixes',
      detail({ 'image-tag': [{ 'anything-but': { suffix: ['.2', '-rc'] } }] }),
      true,
    ],
    ['anything-but a wildcard', detail({ 'image-tag': [{ 'anything-but': { wildcard: '*-rc' } }] }), true],
    ['anything-but needs the key', detail({ other: [{ 'anything-but': 'x' }] }), false],
    ['numeric range', detail({ size: [{ numeric: ['>', 12, '<=', 12.5] }] }), true],
    ['numeric of a text', detail({ 'image-tag': [{ numeric: ['>', 0] }] }), false],
    ['cidr', detail({ address: [{ cidr: '10.0.0.0/8' }] }), true],
    ['exists', detail({ 'image-tag': [{ exists: true }] }), true],
    ['exists false', detail({ other: [{ exists: false }] }), true],
    ['exists false below a missing branch', { detail: { none: { deeper: [{ exists: false }] } } }, true],
    ['exists is about values, not objects', { detail: [{ exists: true }] }, false],
    ['exists true of an empty list', detail({ nothing: [{ exists: true }] }), false],
    ['exists false of an empty list', detail({ nothing: [{ exists: false }] }), true],
    [
      'exists false where one object of a list has it',
      detail({ findings: { more: [{ exists: false }] } }),
      false,
    ],
    ['a list when one item matches', { resources: ['arn:aws:ecr:r', 'other'] }, true],
    ['through a list of objects', detail({ findings: { severity: ['HIGH'] } }), true],
    [
      'one object of a list fits the whole pattern',
      detail({ findings: { severity: ['HIGH'], count: [1] } }),
      true,
    ],
    [
      'no object of a list fits the whole pattern',
      detail({ findings: { severity: ['HIGH'], count: [3] } }),
      false,
    ],
    ['through a list of objects, no item', detail({ findings: { severity: ['CRITICAL'] } }), false],
    ['$or of keys', { $or: [{ source: ['aws.s3'] }, { detail: { result: ['SUCCESS'] } }] }, true],
    [
      '$or beside other keys',
      { source: ['aws.s3'], $or: [{ source: ['aws.ecr'] }, { detail: { result: ['SUCCESS'] } }] },
      false,
    ],
  ])('%s', (_, pattern, expected) => {
    expect(compilePattern(pattern)(push)).toBe(expected);
  });
});

describe('a pattern is refused, with its path', () => {
  test.each<[string, unknown, RegExp]>([
    ['that is empty', {}, /at least one key/],
    [
      'with a bare value',
      detail({ result: 'SUCCESS' }),
      /detail.result: .*object or an array, got "SUCCESS"/,
    ],
    ['with an empty list', detail({ result: [] }), /detail.result: empty arrays/],
    ['with an unknown comparison', detail({ result: [{ like: 'S' }] }), /detail.result: unknown comparison/],
    ['with half a range', detail({ size: [{ numeric: ['>'] }] }), /detail.size: numeric/],
    ['with two stars in a row', detail({ result: [{ wildcard: '6**' }] }), /result: consecutive wildcard/],
    ['with an unknown escape', detail({ result: [{ wildcard: 'S\\d' }] }), /result: invalid escape/],
    ['with a mask for one address', detail({ ip: [{ cidr: '10.1.2.3/32' }] }), /cidr mask must be 0 to 31/],
    ['with anything-but of a boolean', detail({ result: [{ 'anything-but': true }] }), /texts or numbers/],
    ['with anything-but of both', detail({ result: [{ 'anything-but': ['a', 1] }] }), /texts or numbers/],
    [
      'with anything-but of an empty prefix',
      detail({ result: [{ 'anything-but': { prefix: '' } }] }),
      /empty prefix/,
    ],
    ['with an unknown operator', detail({ size: [{ numeric: ['!=', 1] }] }), /detail.size: numeric/],
  ])('%s', (_, pattern, message) => {
    expect(() => compilePattern(pattern as EventPattern)).toThrow(message);
  });
});
