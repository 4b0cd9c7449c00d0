import { expect, test } from 'vitest';
import type { HistoryEvent } from '../../../sandbox/rehearsal/executions.ts';
import { statusOf } from '../../../sandbox/rehearsal/trace.ts';
import { visitsOf } from '../../../sandbox/rehearsal/visits.ts';

/** Events a second apart each, as Step Functions records them. */
const history = (...events: readonly Partial<HistoryEvent>[]): HistoryEvent[] =>
  events.map((event, id) => ({ id, timestamp: new Date(id * 1000), type: '', ...event }));

const entered = (type: string, name: string) => ({
  type: `${type}StateEntered`,
  stateEnteredEventDetails: { name },
});
const exited = (type: string, name: string, output = '{}') => ({
  type: `${type}StateExited`,
  stateExitedEventDetails: { name, output },
});
const scheduled = { type: 'TaskScheduled', taskScheduledEventDetails: { resourceType: 'lambda' } };
const failed = { type: 'TaskFailed', taskFailedEventDetails: { error: 'Canary.Transient' } };

test('a state has its type, what it calls, when it began and how long it took', () => {
  const visits = visitsOf(
    history(
      { type: 'ExecutionStarted' },
      entered('Task', 'Judge canary'),
      scheduled,
      { type: 'TaskSucceeded' },
      exited('Task', 'Judge canary', '{"say":"5 %"}'),
      entered('Choice', 'What next?'),
      exited('Choice', 'What next?', '{"say":"5 %"}'),
    ),
  );
  expect(visits).toEqual([
    expect.objectContaining({
      state: 'Judge canary',
      type: 'Task',
      status: 'Succeeded',
      resource: 'lambda',
      startedMs: 1000,
      durationMs: 3000,
      say: '5 %',
    }),
    expect.objectContaining({ state: 'What next?', type: 'Choice', resource: '', durationMs: 1000, say: '' }),
  ]);
});

test('a retried task says its attempts; one whose error was caught is no success', () => {
  const retried = history(
    entered('Task', 'Restore'),
    scheduled,
    failed,
    scheduled,
    { type: 'TaskSucceeded' },
    exited('Task', 'Restore'),
  );
  const caught = history(entered('Task', 'Restore'), scheduled, failed, exited('Task', 'Restore'));
  expect(visitsOf(retried).map(statusOf)).toEqual(['Succeeded (2 attempts)']);
  expect(visitsOf(caught)[0]).toMatchObject({
    status: 'Caught error',
    error: 'Canary.Transient',
    attempts: 1,
  });
});

test.each([
  ['ExecutionFailed', 'Failed'],
  ['ExecutionAborted', 'Aborted'],
  ['ExecutionTimedOut', 'Timed out'],
])('%s ends the state that it was in', (type, status) => {
  expect(visitsOf(history(entered('Wait', 'Let traffic settle'), { type }))).toMatchObject([
    { state: 'Let traffic settle', status, durationMs: 1000 },
  ]);
});

test('the state that an execution is in has no end yet', () => {
  expect(visitsOf(history(entered('Wait', 'Let traffic settle')))).toMatchObject([{ status: 'In progress' }]);
});
