import { beforeEach, expect, test } from 'vitest';
import { follow } from '../../../cli/follow/follow.ts';
import type { RolloutSummary } from '../../../lambdas/core/record.ts';
import { startRequested } from '../../../lambdas/core/safety/start.ts';
import type { VerdictRecord } from '../../../lambdas/core/tasks.ts';
import { FakeExecutions } from '../../fakes/fake-executions.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { input } from '../../fakes/rollouts.ts';

const SERVICE = 'podinfo@prod-eu';
const at = '2026-01-01T00:00:00.000Z';

let store: MemoryStore;
let said: string[];
let looks: number;

beforeEach(() => {
  store = new MemoryStore();
  said = [];
  looks = 0;
});

const verdict = (tick: number): VerdictRecord => ({
  now: `tick ${tick}`,
  tick,
  weight: 5,
  decision: 'hold',
  reason: '',
  say: `5 %: look ${tick}.`,
  periods: [],
  shiftedAt: at,
});
const summaryOf = (tag: string, execution: string): RolloutSummary => ({
  service: SERVICE,
  execution,
  release: input(tag).release,
  outcome: 'promoted',
  reason: '',
  startedAt: at,
  endedAt: at,
  canary: { requests: 0, failures: 0 },
  primary: { requests: 0, failures: 0 },
});

/** Follows; `onLook` is what happens between two looks. */
const following = (onLook: (look: number) => unknown, tag?: string) =>
  follow(store, SERVICE, {
    tag,
    until: 10,
    now: () => looks,
    sleep: async () => {
      looks += 1;
      await onLook(looks);
    },
    say: (line) => said.push(line),
  });

test('each verdict is said once, the last ones too, and how it ended is told', async () => {
  await startRequested(store, new FakeExecutions(), input(), { retry: false, now: at });
  const execution = store.records.get(SERVICE)?.claim?.execution ?? '';
  await store.putVerdict(SERVICE, execution, verdict(1));
  const followed = await following(async (look) => {
    await store.putVerdict(SERVICE, execution, verdict(look + 1));
    if (look < 3) return;
    await store.putSummary(summaryOf('6.0.1', execution));
    await store.update(SERVICE, ({ claim: _, ...record }) => ({ record, answer: undefined }));
  });
  expect(followed).toMatchObject({ kind: 'ended', summary: { outcome: 'promoted' } });
  expect(said).toEqual([1, 2, 3, 4].map((tick) => `tick ${tick}  5 %: look ${tick}.`));
});

test('a tag that nobody knows yet is waited for, and another release is none of it', async () => {
  await store.putSummary(summaryOf('6.0.0', 'arn:old'));
  const followed = await following(async (look) => {
    if (look === 2) await store.putSummary(summaryOf('6.0.1', 'arn:new'));
  }, '6.0.1');
  expect(followed).toMatchObject({ kind: 'ended', summary: { execution: 'arn:new' } });
  expect(looks).toBe(2);
});

test('without a tag the last one counts where nothing is under way', async () => {
  await store.putSummary(summaryOf('6.0.0', 'arn:old'));
  expect(await following(() => undefined)).toMatchObject({
    kind: 'ended',
    summary: { execution: 'arn:old' },
  });
  expect(said).toEqual([]);
});

test('nothing is waited for where nothing was ever released, nor longer than wanted', async () => {
  expect(await following(() => undefined)).toEqual({ kind: 'none' });
  expect(await following(() => undefined, '6.0.1')).toEqual({ kind: 'late' });
  expect(looks).toBe(10);
});
