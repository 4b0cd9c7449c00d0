import { beforeEach, expect, test } from 'vitest';
import type { RolloutSummary } from '../../lambdas/core/record.ts';
import type { RolloutStore } from '../../lambdas/core/store.ts';
import type { VerdictRecord } from '../../lambdas/core/tasks.ts';
import { input } from '../fakes/rollouts.ts';

const SERVICE = 'podinfo@prod-eu';
const bump = (store: RolloutStore, service = SERVICE) =>
  store.update(service, (record) => ({
    record: { ...record, generation: record.generation + 1 },
    answer: record.generation + 1,
  }));

const verdict = (tick: number, say = 'fine'): VerdictRecord => ({
  now: '2026-01-01T00:00:00.000Z',
  tick,
  weight: 5,
  decision: 'hold',
  reason: '',
  say,
  periods: [],
  shiftedAt: '2026-01-01T00:00:00.000Z',
});
const summary = (minute: number): RolloutSummary => ({
  service: SERVICE,
  execution: `arn:aws:states:eu-west-1:111122223333:execution:stepcanary-rollout:run-${minute}`,
  release: input().release,
  outcome: 'promoted',
  reason: '',
  startedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  endedAt: new Date(Date.UTC(2026, 0, 1, 0, minute + 1)).toISOString(),
  canary: { requests: 1, failures: 0 },
  primary: { requests: 1, failures: 0 },
});

/** What every RolloutStore does. */
export const rolloutStoreContract = (create: () => Promise<RolloutStore>): void => {
  let store: RolloutStore;
  beforeEach(async () => {
    store = await create();
  });

  test('a service that nobody wrote is new', async () => {
    await expect(store.read(SERVICE)).resolves.toEqual({ service: SERVICE, generation: 0 });
    await expect(store.list()).resolves.toEqual([]);
  });

  test('writers side by side lose nothing', async () => {
    await Promise.all(Array.from({ length: 4 }, () => bump(store)));
    expect((await store.read(SERVICE)).generation).toBe(4);
  });

  test('a change that throws writes nothing', async () => {
    await bump(store);
    const refuse = store.update(SERVICE, () => {
      throw new Error('no');
    });
    await expect(refuse).rejects.toThrow('no');
    expect((await store.read(SERVICE)).generation).toBe(1);
  });

  test('lists every service by name', async () => {
    await bump(store, 'web@prod-eu');
    await bump(store);
    expect((await store.list()).map(({ service }) => service)).toEqual(['podinfo@prod-eu', 'web@prod-eu']);
  });

  test('keeps verdicts in order, the same tick once', async () => {
    const { execution } = summary(0);
    for (const tick of [2, 10, 1]) await store.putVerdict(SERVICE, execution, verdict(tick));
    await store.putVerdict(SERVICE, execution, verdict(10, 'again'));
    const kept = await store.verdicts(SERVICE, execution);
    expect(kept.map(({ tick, say }) => [tick, say])).toEqual([
      [1, 'fine'],
      [2, 'fine'],
      [10, 'again'],
    ]);
  });

  test('keeps what the verdicts of an execution rest on, and has none of another', async () => {
    const basis = {
      service: SERVICE,
      execution: summary(0).execution,
      at: '2026-01-01T00:00:00.000Z',
      release: input().release,
      spec: input().spec,
      history: { err: [{ requests: 6000, bad: 6 }] },
    };
    await store.putBasis({ ...basis, at: '2025-12-31T00:00:00.000Z' });
    await store.putBasis(basis);
    expect(await store.basis(SERVICE, basis.execution)).toEqual(basis);
    expect(await store.basis(SERVICE, summary(1).execution)).toBeUndefined();
  });

  test('tells the newest rollouts first', async () => {
    for (const minute of [1, 3, 2]) await store.putSummary(summary(minute));
    expect((await store.history(SERVICE, 2)).map(({ execution }) => execution.slice(-5))).toEqual([
      'run-3',
      'run-2',
    ]);
  });
};
