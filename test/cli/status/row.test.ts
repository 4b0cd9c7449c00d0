import { expect, test } from 'vitest';
import { statusRow, statusTable } from '../../../cli/status/row.ts';
import type { RolloutSummary, ServiceRecord } from '../../../lambdas/core/record.ts';
import { newRecord } from '../../../lambdas/core/record.ts';
import type { Release, RolloutInput } from '../../../lambdas/core/rollout.ts';
import { exampleSpec } from '../../lambdas/core/example-spec.ts';

const release = (tag: string): Release => ({
  revision: 'sha256:1',
  image: `podinfo:${tag}`,
  repository: 'podinfo',
  tag,
  digest: 'sha256:1',
  requestedAt: '2026-11-21T09:00:00.000Z',
  attempt: 1,
});
const input = (tag: string): RolloutInput => ({
  service: 'podinfo@prod-eu',
  spec: exampleSpec(),
  target: { name: 'prod-eu', region: 'eu-west-1', account: '111122223333', cluster: 'prod' },
  roleArn: 'arn:aws:iam::111122223333:role/podinfo',
  release: release(tag),
});
const execution = 'arn:aws:states:eu-west-1:111122223333:execution:stepcanary-rollout:podinfo-6.0.1-1-1';
const underWay: ServiceRecord = {
  ...newRecord('podinfo@prod-eu'),
  claim: {
    execution,
    since: '2026-11-21T09:00:01.234Z',
    started: true,
    input: input('6.0.1'),
    phase: 'Progressing',
    safe: 'primary',
    intent: 15,
  },
};
const ended = (outcome: RolloutSummary['outcome']): RolloutSummary => ({
  service: 'podinfo@prod-eu',
  execution,
  release: release('6.0.2'),
  outcome,
  reason: '',
  startedAt: '2026-11-21T08:00:00.000Z',
  endedAt: '2026-11-21T08:30:00.000Z',
  canary: { requests: 1, failures: 0 },
  primary: { requests: 1, failures: 0 },
});

test('a rollout under way stands before the last one that ended', () => {
  expect(statusRow(underWay, ended('promoted'))).toMatchObject({
    status: 'Progressing',
    weight: 15,
    version: '6.0.1',
    since: '2026-11-21T09:00:01.234Z',
    needs: null,
    execution,
  });
});

test.each([
  ['promoted', 'Succeeded'],
  ['rolledBack', 'Failed'],
  ['superseded', 'Failed'],
] as const)('after a rollout that was %s the status is %s', (outcome, status) => {
  expect(statusRow(newRecord('podinfo@prod-eu'), ended(outcome))).toMatchObject({
    status,
    weight: 0,
    version: '6.0.2',
  });
});

test('a rollout that could not be decided is told from one that was', () => {
  const row = statusRow(newRecord('podinfo@prod-eu'), { ...ended('rolledBack'), inconclusive: true });
  expect(row).toMatchObject({ status: 'Failed', inconclusive: true });
  expect(statusTable([row])).toContain('Failed, inconclusive');
  expect(statusRow(newRecord('podinfo@prod-eu'), ended('rolledBack'))).not.toHaveProperty('inconclusive');
});

test('before the first rollout nothing is claimed to be known', () => {
  expect(statusRow(newRecord('podinfo@prod-eu'), undefined)).toMatchObject({
    status: 'Initialized',
    version: null,
    since: null,
  });
});

const failure = { error: 'Canary.PromotionFailed', reason: 'the primary has no ready pod' };
test.each([
  ['an open question', { approval: { id: 'x', execution, askedAt: '' } }, 'approve or reject'],
  ['an answered question', { approval: { id: 'x', execution, askedAt: '', answer: 'approved' } }, null],
  ['a question of another execution', { approval: { id: 'x', execution: 'old', askedAt: '' } }, null],
  ['a pause', { command: { command: 'pause', execution, by: 'ana', at: '' } }, 'resume: paused by ana'],
  [
    'a failed promotion',
    { needs: { what: 'person', since: '', failure } },
    'a person: the primary has no ready pod',
  ],
  ['a lost route', { needs: { what: 'rescue', since: '', failure } }, 'rescue: the primary has no ready pod'],
] satisfies [string, Partial<ServiceRecord>, string | null][])('%s needs %j', (_, more, needs) => {
  expect(statusRow({ ...underWay, ...more }, undefined).needs).toBe(needs);
});

test('the table is aligned, and tells which release waits', () => {
  const waiting = { ...underWay, pending: input('6.0.2') };
  expect(statusTable([statusRow(waiting, undefined), statusRow(newRecord('a@b'), undefined)])).toBe(
    [
      'SERVICE           STATUS        WEIGHT   VERSION              SINCE                  NEEDS',
      'podinfo@prod-eu   Progressing   15       6.0.1 (then 6.0.2)   2026-11-21T09:00:01Z   -',
      'a@b               Initialized   0        -                    -                      -',
      '',
    ].join('\n'),
  );
});

test('a freeze stands beside what a service needs', () => {
  const row = statusRow(newRecord('a@b'), undefined, 'frozen by ana (audit)');
  expect(row.frozen).toBe('frozen by ana (audit)');
  expect(statusTable([row])).toContain('Initialized   0        -         -       frozen by ana (audit)');
});
