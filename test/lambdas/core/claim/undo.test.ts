import { expect, test } from 'vitest';
import { lastGood } from '../../../../lambdas/core/claim/undo.ts';
import type { RolloutSummary } from '../../../../lambdas/core/record.ts';
import { input } from '../../../fakes/rollouts.ts';

const ended = (
  tag: string,
  outcome: RolloutSummary['outcome'],
  replaced?: RolloutSummary['replaced'],
): RolloutSummary => ({
  service: 'podinfo@prod-eu',
  execution: `arn:${tag}`,
  release: input(tag).release,
  outcome,
  reason: '',
  startedAt: '',
  endedAt: '',
  canary: { requests: 0, failures: 0 },
  primary: { requests: 0, failures: 0 },
  ...(replaced && { replaced }),
});
const digest = `sha256:${'a'.repeat(64)}`;

test('what the primary ran before the newest promotion is gone back to, whatever was rolled back since', () => {
  const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/podinfo:6.0.0@${digest}`;
  const history = [ended('6.0.2', 'rolledBack'), ended('6.0.1', 'promoted', { image, digest })];
  expect(lastGood(history)).toEqual({ tag: '6.0.0', digest });
});

test.each([
  ['localhost:5000/podinfo:6.0.0', { tag: '6.0.0' }],
  // A port is no tag; without one the digest names it.
  [`localhost:5000/podinfo@${digest}`, { tag: digest, digest }],
])('an image such as %s is found again', (image, expected) => {
  const replaced = { image, ...('digest' in expected && { digest }) };
  expect(lastGood([ended('6.0.1', 'promoted', replaced)])).toEqual(expected);
});

test('where nobody noted it, the promotion before it counts, if it was of another image', () => {
  const history = [ended('6.0.1', 'promoted'), ended('6.0.1', 'promoted'), ended('5.9.0', 'promoted')];
  expect(lastGood(history)).toEqual({ tag: '5.9.0', digest: input('5.9.0').release.digest });
});

test('says so where nothing is known', () => {
  expect(lastGood([ended('6.0.1', 'rolledBack')])).toMatch(/^no release of it is known/);
  expect(lastGood([ended('6.0.1', 'promoted')])).toMatch(/^what ran before 6.0.1 is not known; name it: /);
});
