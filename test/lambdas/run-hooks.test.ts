import { beforeEach, describe, expect, test } from 'vitest';
import { claimRollout } from '../../lambdas/claim-rollout.ts';
import type { RunHooksTask } from '../../lambdas/core/hooks/task.ts';
import { startRequested } from '../../lambdas/core/safety/start.ts';
import { runHooks } from '../../lambdas/run-hooks.ts';
import { FakeExecutions } from '../fakes/fake-executions.ts';
import { FakeHooks } from '../fakes/fake-hooks.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { input, rollout, spec } from '../fakes/rollouts.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
const url = 'https://tests.example.com';
const SERVICE = 'podinfo@prod-eu';

let store: MemoryStore;
let hooks: FakeHooks;

beforeEach(() => {
  store = new MemoryStore();
  hooks = new FakeHooks();
});

/** A claimed rollout of a spec with these keys, and a look at a minute. */
const looking = async (keys: object) => {
  const of = input(
    '6.0.1',
    at(0),
    spec((written) => ({ ...written, ...keys })),
  );
  const held = rollout('podinfo-6.0.1-362e302e-prod-eu-1', of);
  await startRequested(store, new FakeExecutions(), of, { retry: false, now: at(0) });
  await claimRollout(store)({ rollout: held, now: at(0) });
  return (minutes: number, task: Pick<RunHooksTask, 'stage'> & Partial<RunHooksTask>) =>
    runHooks(
      store,
      hooks,
      () => `question-${minutes}`,
    )({ rollout: held, generation: 1, now: at(minutes), ...task });
};

describe('before anything is written', () => {
  test('a rollout that nothing holds begins, and leaves no trace of the look', async () => {
    const look = await looking({});
    expect(await look(0, { stage: 'rollout' })).toMatchObject({
      decision: 'advance',
      held: null,
      hooksAfter: false,
    });
    expect(store.records.get(SERVICE)?.claim?.phase).toBe('Initialized');
  });

  test('a hook that does not confirm is waited for, more seldom with time, and a week at most', async () => {
    const look = await looking({ hooks: [{ name: 'board', type: 'confirm-rollout', url }] });
    hooks.answer('board', 403);
    const first = await look(0, { stage: 'rollout' });
    expect(first).toMatchObject({ decision: 'ask', waitSeconds: 60 });
    expect(store.records.get(SERVICE)?.claim?.phase).toBe('Waiting');
    const later = await look(300, { stage: 'rollout', held: first.held });
    expect(later).toMatchObject({ decision: 'hold', waitSeconds: 900 });
    const week = await look(7 * 24 * 60, { stage: 'rollout', held: later.held });
    expect(week).toMatchObject({ decision: 'reject' });
    expect(week.reason).toContain('nothing went on within 7d before the rollout');
  });

  test('a newer release takes its place at once, whatever onNewer says', async () => {
    const look = await looking({ gates: [{ before: 'rollout' }] });
    const { held } = await look(0, { stage: 'rollout' });
    await startRequested(store, new FakeExecutions(), input('6.0.2', at(1)), { retry: false, now: at(1) });
    expect(await look(2, { stage: 'rollout', held })).toMatchObject({
      decision: 'supersede',
      reason: 'superseded by 6.0.2',
    });
  });
});

describe('before the canary has traffic', () => {
  const pre = { hooks: [{ name: 'smoke', type: 'pre-rollout', url }] };

  test('a failing test costs a check a look, and rolls back one look after the threshold (S18)', async () => {
    const look = await looking(pre);
    hooks.answer('smoke', 500);
    let held: RunHooksTask['held'] = null;
    const decisions: string[] = [];
    for (let minutes = 0; minutes < 6; minutes += 1) {
      const result = await look(minutes, { stage: 'traffic', held });
      held = result.held;
      decisions.push(result.decision);
      if (minutes === 0)
        expect(result.events.at(-1)?.text).toBe(
          'Halt podinfo.test advancement pre-rollout check smoke failed answered 500',
        );
    }
    expect(decisions).toEqual(['hold', 'hold', 'hold', 'hold', 'hold', 'rollBack']);
    expect(held?.state.failedChecks).toBe(5);
  });

  test('is told of when it passes', async () => {
    const look = await looking(pre);
    const { decision, events } = await look(0, { stage: 'traffic' });
    expect(decision).toBe('advance');
    expect(events.at(-1)).toEqual({ phase: 'Progressing', text: 'Pre-rollout check smoke passed' });
  });
});

describe('hooks that hear events', () => {
  const keys = { hooks: [{ name: 'log', type: 'event', url, metadata: { team: 'web', eventType: 'mine' } }] };
  const untold = [
    {
      at: at(1),
      events: [{ phase: 'Progressing' as const, text: 'New revision detected! Scaling up podinfo.test' }],
    },
    { at: at(2), events: [{ phase: 'Failed' as const, text: 'Canary failed! Scaling down podinfo.test' }] },
  ];

  test('are told each once, oldest first, with the time at which it was', async () => {
    const look = await looking(keys);
    await look(3, { stage: 'end', outcome: 'rolledBack', untold });
    expect(hooks.calls.map(({ call }) => call.payload)).toMatchObject([
      {
        phase: 'Progressing',
        metadata: { team: 'web', eventType: 'Normal', timestamp: String(Date.parse(at(1))) },
      },
      { phase: 'Failed', metadata: { eventMessage: untold[1]?.events[0]?.text, eventType: 'Warning' } },
    ]);
  });

  test('are spared the rest of a round that they do not take', async () => {
    const look = await looking(keys);
    hooks.answer('log', 500);
    await look(3, { stage: 'end', outcome: 'rolledBack', untold });
    expect(hooks.calls).toHaveLength(1);
  });
});

test('a hook for the end that says no is an event and nothing else', async () => {
  const look = await looking({ hooks: [{ name: 'report', type: 'post-rollout', url }] });
  hooks.answer('report', 500);
  const { decision, events } = await look(9, { stage: 'end', outcome: 'promoted' });
  expect(decision).toBe('advance');
  expect(events).toEqual([{ phase: 'Succeeded', text: 'Post-rollout hook report failed answered 500' }]);
  expect(hooks.calls[0]?.call.payload.phase).toBe('Succeeded');
});
