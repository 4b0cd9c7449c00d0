import { describe, expect, test } from 'vitest';
import { claimService } from '../../../../lambdas/core/claim/claim.ts';
import { finishClaim } from '../../../../lambdas/core/claim/finish.ts';
import { executionName } from '../../../../lambdas/core/claim/request.ts';
import { startPending, startRequested } from '../../../../lambdas/core/safety/start.ts';
import { FakeExecutions } from '../../../fakes/fake-executions.ts';
import { MemoryStore } from '../../../fakes/memory-store.ts';
import { input, rollout } from '../../../fakes/rollouts.ts';

const SERVICE = 'podinfo@prod-eu';
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const world = () => {
  const store = new MemoryStore();
  const executions = new FakeExecutions();
  const push = (tag: string, minute: number, retry = false) =>
    startRequested(store, executions, input(tag, at(minute)), { retry, now: at(minute) });
  const claim = async (name: string) => {
    const started = executions.started.get(name);
    if (started === undefined) throw new Error(`${name} was not started`);
    return store.update(SERVICE, (record) => claimService(record, rollout(name, started), at(0)));
  };
  const finish = (name: string, outcome: 'promoted' | 'rolledBack', minute: number) =>
    store.update(SERVICE, (record) => finishClaim(record, executions.arnOf(name), outcome, at(minute)));
  return { store, executions, push, claim, finish };
};

describe('what a push starts (I3)', () => {
  test('a push starts an execution named after service, tag, digest and attempt', async () => {
    const { push, executions } = world();
    await expect(push('6.0.1', 0)).resolves.toMatchObject({
      kind: 'start',
      name: 'podinfo-6.0.1-362e302e-prod-eu-1',
    });
    expect([...executions.started.keys()]).toEqual(['podinfo-6.0.1-362e302e-prod-eu-1']);
  });

  test('the same push again starts nothing more, before and after the rollout has ended', async () => {
    const { push, claim, finish, executions } = world();
    await push('6.0.1', 0);
    await claim('podinfo-6.0.1-362e302e-prod-eu-1');
    await expect(push('6.0.1', 0)).resolves.toMatchObject({ kind: 'skipped' });
    await finish('podinfo-6.0.1-362e302e-prod-eu-1', 'rolledBack', 5);
    await expect(push('6.0.1', 6)).resolves.toMatchObject({ kind: 'skipped' });
    expect(executions.started.size).toBe(1);
  });

  test('a start that was lost after its claim was reserved is made good by the same event', async () => {
    const { push, executions } = world();
    await push('6.0.1', 0);
    executions.started.clear();
    await expect(push('6.0.1', 0)).resolves.toMatchObject({
      kind: 'start',
      name: 'podinfo-6.0.1-362e302e-prod-eu-1',
    });
    expect([...executions.started.keys()]).toEqual(['podinfo-6.0.1-362e302e-prod-eu-1']);
  });

  test('an older push that arrives late starts nothing', async () => {
    const { push } = world();
    await push('6.0.2', 10);
    await expect(push('6.0.1', 5)).resolves.toMatchObject({ kind: 'skipped' });
  });

  test('a revision may run again when another one came between', async () => {
    const { push, claim, finish } = world();
    await push('6.0.1', 0);
    await claim('podinfo-6.0.1-362e302e-prod-eu-1');
    await finish('podinfo-6.0.1-362e302e-prod-eu-1', 'rolledBack', 1);
    const other = await push('6.0.2', 2);
    if (other.kind !== 'start') throw new Error('6.0.2 was to start');
    await claim(other.name);
    await finish(other.name, 'rolledBack', 3);
    await expect(push('6.0.1', 4)).resolves.toMatchObject({
      kind: 'start',
      name: 'podinfo-6.0.1-362e302e-prod-eu-2',
    });
  });

  test('a name that an execution of long ago still has is passed over', async () => {
    const { push, executions, store } = world();
    executions.taken.add('podinfo-6.0.1-362e302e-prod-eu-1');
    await expect(push('6.0.1', 0)).resolves.toMatchObject({ name: 'podinfo-6.0.1-362e302e-prod-eu-2' });
    expect((await store.read(SERVICE)).claim?.execution).toBe(
      executions.arnOf('podinfo-6.0.1-362e302e-prod-eu-2'),
    );
  });

  test('attempts are remembered as long as their names are kept, however many tags come between', async () => {
    const { push, finish, store } = world();
    for (let count = 0; count < 30; count++) {
      const answer = await push(`6.1.${count}`, count);
      if (answer.kind === 'start') await finish(answer.name, 'rolledBack', count);
    }
    await expect(push('6.1.0', 40)).resolves.toMatchObject({ input: { release: { attempt: 2 } } });
    await store.update(SERVICE, ({ claim: _, ...record }) => ({ record, answer: undefined }));
    await push('6.0.1', 91 * 24 * 60);
    expect(Object.keys((await store.read(SERVICE)).attempts ?? {})).toHaveLength(1);
  });

  test('start --retry runs the same revision again', async () => {
    const { push, claim, finish } = world();
    await push('6.0.1', 0);
    await claim('podinfo-6.0.1-362e302e-prod-eu-1');
    await finish('podinfo-6.0.1-362e302e-prod-eu-1', 'rolledBack', 1);
    await expect(push('6.0.1', 2, true)).resolves.toMatchObject({
      kind: 'start',
      name: 'podinfo-6.0.1-362e302e-prod-eu-2',
    });
  });

  test('what the primary runs already starts nothing', async () => {
    const { push, claim, finish, store } = world();
    await push('6.0.1', 0);
    await claim('podinfo-6.0.1-362e302e-prod-eu-1');
    await finish('podinfo-6.0.1-362e302e-prod-eu-1', 'promoted', 1);
    const { last: _, ...rest } = await store.read(SERVICE);
    store.records.set(SERVICE, rest);
    await expect(push('6.0.1', 2)).resolves.toMatchObject({ kind: 'skipped' });
  });

  test('what failed may run again when it was reverted in between to what the primary runs', async () => {
    const { push, claim, finish } = world();
    await push('6.0.1', 0);
    await claim('podinfo-6.0.1-362e302e-prod-eu-1');
    await finish('podinfo-6.0.1-362e302e-prod-eu-1', 'promoted', 1);
    await push('6.0.2', 2);
    await claim('podinfo-6.0.2-362e302e-prod-eu-1');
    await finish('podinfo-6.0.2-362e302e-prod-eu-1', 'rolledBack', 3);
    await expect(push('6.0.1', 4)).resolves.toMatchObject({ kind: 'skipped' });
    await expect(push('6.0.2', 5)).resolves.toMatchObject({ name: 'podinfo-6.0.2-362e302e-prod-eu-2' });
  });
});

test('names fit Step Functions, and differ between targets of one service', () => {
  const release = { ...input('a-tag-that-goes-on-and-on-with-build-and-branch').release, attempt: 123 };
  const long = `${'s'.repeat(30)}@${'t'.repeat(30)}`;
  expect(executionName(long, release).length).toBeLessThanOrEqual(80);
  expect(executionName('podinfo@prod-eu', release)).not.toBe(executionName('podinfo@prod-us', release));
});

describe('the queue of one', () => {
  test('while a rollout runs the newest waits, and starts when the service is free', async () => {
    const { store, executions, push, claim, finish } = world();
    await push('6.0.1', 0);
    await claim('podinfo-6.0.1-362e302e-prod-eu-1');
    await expect(push('6.0.2', 1)).resolves.toMatchObject({ kind: 'queued' });
    await expect(push('6.0.3', 2)).resolves.toMatchObject({ kind: 'queued' });
    await finish('podinfo-6.0.1-362e302e-prod-eu-1', 'promoted', 3);
    await startPending(store, executions, SERVICE, at(3));
    expect([...executions.started.values()].map(({ release }) => release.tag)).toEqual(['6.0.1', '6.0.3']);
  });

  test('a waiting release that the primary runs by now is dropped', async () => {
    const { store, executions, push, claim, finish } = world();
    await push('6.0.1', 0);
    await claim('podinfo-6.0.1-362e302e-prod-eu-1');
    await push('6.0.2', 1);
    await finish('podinfo-6.0.1-362e302e-prod-eu-1', 'promoted', 3);
    await store.update(SERVICE, (record) => ({
      record: { ...record, running: { revision: input('6.0.2').release.revision, tag: '6.0.2', at: at(3) } },
      answer: undefined,
    }));
    await expect(startPending(store, executions, SERVICE, at(4))).resolves.toBeUndefined();
    expect((await store.read(SERVICE)).pending).toBeUndefined();
  });
});

describe('the claim', () => {
  test('taken twice by the same execution is taken once', async () => {
    const { push, claim } = world();
    await push('6.0.1', 0);
    await expect(claim('podinfo-6.0.1-362e302e-prod-eu-1')).resolves.toEqual({ generation: 1 });
    await expect(claim('podinfo-6.0.1-362e302e-prod-eu-1')).resolves.toEqual({ generation: 1 });
  });

  test('an execution that somebody started by hand is turned away while another holds the service', async () => {
    const { store, push, claim } = world();
    await push('6.0.1', 0);
    await claim('podinfo-6.0.1-362e302e-prod-eu-1');
    const byHand = rollout('by-hand', input('6.0.2'));
    await expect(
      store.update(SERVICE, (record) => claimService(record, byHand, at(1))),
    ).rejects.toMatchObject({ name: 'Canary.Busy' });
  });
});
