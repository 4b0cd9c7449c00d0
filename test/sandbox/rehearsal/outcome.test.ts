import { expect, test } from 'vitest';
import { outcomeOf } from '../../../sandbox/rehearsal/outcome.ts';

const ended = (status: string, error?: string) => ({
  executionArn: 'arn',
  name: 'a-1',
  status,
  startDate: new Date(0),
  ...(error !== undefined && { error }),
});
const free = {};
const locked = (what: 'person' | 'verify' | 'rescue', execution = 'arn') =>
  ({ claim: { execution }, needs: { what } }) as unknown as Parameters<typeof outcomeOf>[1];

test.each([
  ['SUCCEEDED', undefined, 'promoted'],
  ['RUNNING', undefined, 'running'],
  ['FAILED', 'Canary.RolledBack', 'rolledBack'],
  ['FAILED', 'Canary.Rejected', 'rejected'],
  ['FAILED', 'Canary.Superseded', 'superseded'],
  ['FAILED', 'Canary.PromotionFailed', 'failed'],
  ['FAILED', 'Canary.RestoreFailed', 'failed'],
  ['FAILED', 'States.Runtime', 'failed'],
  ['ABORTED', undefined, 'rolledBack'],
  ['TIMED_OUT', 'States.Timeout', 'rolledBack'],
])('an execution that is %s with %s is %s', (status, error, outcome) => {
  expect(outcomeOf(ended(status, error), free, undefined)).toBe(outcome);
});

test('a stop after traffic had returned is promoted, for so the history says', () => {
  expect(outcomeOf(ended('ABORTED'), free, 'promoted')).toBe('promoted');
});

test('a stop that a person must mend, or that rescue has not mended yet, is failed; a second look is all that is left of a rollback', () => {
  expect(outcomeOf(ended('ABORTED'), locked('person'), undefined)).toBe('failed');
  expect(outcomeOf(ended('ABORTED'), locked('rescue'), undefined)).toBe('failed');
  expect(outcomeOf(ended('ABORTED'), locked('verify'), undefined)).toBe('rolledBack');
});

test("another execution's lock says nothing of this one", () => {
  expect(outcomeOf(ended('ABORTED'), locked('person', 'other'), 'rolledBack')).toBe('rolledBack');
});
