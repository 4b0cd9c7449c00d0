import { expect, test } from 'vitest';
import { verdictOn } from '../../../../sandbox/rehearsal/report/words.ts';

const rollout = {
  service: 'podinfo',
  version: '6.0.1',
  execution: 'podinfo-6.0.1-1',
  error: null,
  startedAt: 60,
  endedAt: 390,
  weights: [],
  events: [],
  canaryRequests: 0,
  canaryFailures: 0,
  stateTransitions: 0,
  historyEvents: 0,
  lambdaInvocations: 0,
  apiCalls: {},
} as const;

test.each([
  ['promoted', '', '6.0.1 was promoted after 5:30'],
  [
    'failed',
    'the primary is not ready.',
    '6.0.1 failed after 5:30, and a person must act: the primary is not ready',
  ],
  ['skipped', 'it runs already', '6.0.1 was not released: it runs already'],
] as const)('a release that ended as %s is one sentence', (outcome, reason, sentence) => {
  expect(verdictOn({ ...rollout, outcome, reason })).toBe(sentence);
});
