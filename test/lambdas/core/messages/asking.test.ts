import { expect, test } from 'vitest';
import type { HoldsState } from '../../../../lambdas/core/holds/state.ts';
import { freshState } from '../../../../lambdas/core/judge/take-in.ts';
import { asking } from '../../../../lambdas/core/messages/asking.ts';
import type { AnalysisState, AnnounceTask } from '../../../../lambdas/core/tasks.ts';
import { rollout, spec } from '../../../fakes/rollouts.ts';

const now = '2026-01-01T00:00:00.000Z';
const taskWith = (weight: number, more: Partial<AnalysisState>): AnnounceTask => ({
  rollout: rollout('podinfo-6.0.1-362e302e-prod-eu-1'),
  generation: 1,
  now,
  announcement: 'ask',
  reason: '',
  weight,
  analysis: { ...freshState(spec(), now), ...more },
});
const gate = (before: NonNullable<HoldsState['gate']>['before']): Partial<AnalysisState> => ({
  holds: { gate: { before, approval: 'x', at: now, timeout: 7200 } },
});

test('a gate before the rollout says how to let it go on, and that a no stops it', () => {
  expect(asking(taskWith(0, gate('rollout')), 'a gate stands before the rollout.')).toMatchObject({
    summary: 'Canary is waiting for approval. A gate stands before the rollout.',
    nextSteps: [
      'Let it go on: npx stepcanary approve podinfo@prod-eu',
      'Stop it: npx stepcanary reject podinfo@prod-eu',
      'Without an answer within 2h it is stopped.',
    ],
  });
});

test.each([
  [10, 'Canary traffic increase is waiting for approval. Why.'],
  ['promotion', 'Canary promotion is waiting for approval. Why.'],
] as const)('a gate before %s is told in Flagger’s words', (before, summary) => {
  const { nextSteps, ...told } = asking(taskWith(5, gate(before)), 'why.');
  expect(told.summary).toBe(summary);
  expect(nextSteps.at(-1)).toBe(
    'Without an answer within 2h it is rolled back; failing checks roll it back before.',
  );
});

test('a hook that is awaited is nobody’s to approve', () => {
  const told = asking(
    taskWith(5, { holds: { awaiting: 'change-board' } }),
    'hook change-board answered 403.',
  );
  expect(told.summary).toContain('Hook change-board answered 403.');
  expect(told.nextSteps.join(' ')).not.toContain('approve');
  expect(told.nextSteps[0]).toContain('as soon as change-board says yes');
});

test('the question at the deadline stands before a hook that was awaited earlier', () => {
  const analysis = { holds: { awaiting: 'change-board' }, asked: { approval: 'x', at: now } };
  const told = asking(taskWith(5, analysis), 'inconclusive: the deadline passed.');
  expect(told.summary).toBe('Canary promotion is waiting for approval. inconclusive: the deadline passed.');
  expect(told.nextSteps[0]).toBe('Promote it: npx stepcanary approve podinfo@prod-eu');
});

test('a hook that confirms promotion is told of as that, also before the switch of blue/green', () => {
  const task = taskWith(0, { holds: { awaiting: 'board' } });
  const hook = { name: 'board', type: 'confirm-promotion' as const, url: 'https://board.example.com/' };
  const asked = {
    ...task,
    rollout: { ...task.rollout, spec: spec((written) => ({ ...written, hooks: [hook] })) },
  };
  expect(asking(asked, 'hook board answered 403.').summary).toBe(
    'Canary promotion is waiting for approval. Hook board answered 403.',
  );
});
