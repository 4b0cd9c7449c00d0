import { beforeEach, describe, expect, test } from 'vitest';
import { announce } from '../../lambdas/announce.ts';
import { amendClaim, claimService } from '../../lambdas/core/claim/claim.ts';
import { finishClaim } from '../../lambdas/core/claim/finish.ts';
import { CanaryError } from '../../lambdas/core/errors.ts';
import { newRecord } from '../../lambdas/core/record.ts';
import { watchService } from '../../lambdas/core/safety/watch.ts';
import type { RestoreTask } from '../../lambdas/core/tasks.ts';
import { finishRollout } from '../../lambdas/finish-rollout.ts';
import { restoreTraffic } from '../../lambdas/restore.ts';
import { FakeExecutions } from '../fakes/fake-executions.ts';
import { FakeRouter } from '../fakes/fake-router.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { rollout } from '../fakes/rollouts.ts';

const held = rollout('podinfo-6.0.1-362e302e-prod-eu-1');
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
const PRIMARY = { primary: 100, canary: 0 };
/** As Step Functions gives the error of a Lambda function. */
const CAUGHT = {
  Error: 'Canary.PodsFailed',
  Cause: JSON.stringify({
    errorType: 'Canary.PodsFailed',
    errorMessage: 'pod “x” says "no"',
    trace: ['at …'],
  }),
};

let store: MemoryStore;
let router: FakeRouter;
const run = (change: Partial<RestoreTask> = {}) =>
  restoreTraffic(
    store,
    router,
  )({ rollout: held, generation: 1, now: at(5), safe: 'primary', cause: CAUGHT, ...change });

beforeEach(async () => {
  store = new MemoryStore();
  router = new FakeRouter();
  router.weights = { primary: 80, canary: 20 };
  await store.update(held.service, (record) => claimService(record, held, at(0)));
  await store.update(held.service, (record) =>
    amendClaim(record, { execution: held.execution.arn }, { phase: 'Progressing', intent: 20 }),
  );
});

describe('what the machine caught is put into words by the function, not by the Catch', () => {
  test('a function’s error is its message, in the event and in the reason that the execution ends with', async () => {
    await expect(run()).resolves.toMatchObject({
      failure: { error: 'Canary.PodsFailed', reason: 'pod “x” says "no"' },
      events: [{ phase: 'Failed', text: 'pod “x” says "no"' }],
    });
  });

  test('what is undone is told in Flagger’s words, where it has some', async () => {
    const textOf = async (change: Partial<RestoreTask>) => (await run(change)).events.map(({ text }) => text);
    expect(await textOf({ cause: { Error: 'States.Timeout' } })).toEqual([
      'Rolling back podinfo.test a step took longer than its time-out',
    ]);
    const Cause =
      'podinfo-primary.test not ready: deployment "podinfo-primary" exceeded its progress deadline';
    expect(await textOf({ safe: 'canary', cause: { Error: 'Canary.PodsFailed', Cause } })).toEqual([
      'Promotion of podinfo.test failed, primary not ready: deployment "podinfo-primary" exceeded its progress deadline',
    ]);
  });

  test.each([
    [{ Error: 'States.Timeout' }, 'a step took longer than its time-out'],
    [{ Error: 'Sandbox.Timedout', Cause: '' }, 'a function took longer than its time-out'],
    [{ Error: 'Whatever', Cause: '{"not":"a message"}' }, '{"not":"a message"}'],
    [{ Error: 'Whatever', Cause: 'cut off {"errorMessage":"no en' }, 'cut off {"errorMessage":"no en'],
    [{ Error: 'States.Runtime' }, 'the rollout was stopped by States.Runtime'],
  ])('%j is "%s"', async (cause, reason) => {
    expect((await run({ cause })).failure.reason).toBe(reason);
  });

  test('a refusal that nobody read before is put into words when the claim is given back, and when it is announced', async () => {
    const task = { rollout: held, generation: 1, now: at(5), reason: '', failure: CAUGHT, weight: 0 };
    const finished = await finishRollout(store, new FakeExecutions())({ ...task, outcome: 'refused' });
    expect(finished.reason).toBe('pod “x” says "no"');
    expect(store.summaries).toMatchObject([{ outcome: 'refused', reason: 'pod “x” says "no"' }]);
    await expect(announce([], { ...task, announcement: 'refused' })).resolves.toMatchObject({
      reason: 'pod “x” says "no"',
    });
  });
});

describe('Insist on primary', () => {
  const insist = () => run({ returning: true });

  test('is the way forward: it tells of no rollback', async () => {
    await expect(insist()).resolves.toMatchObject({
      say: 'All traffic is on the primary',
      events: [{ phase: 'Finalising', text: 'Routing all traffic to primary' }],
    });
  });

  test('counts from its own write, so that the new primary is watched under all traffic only', async () => {
    router.updatedAt = at(6);
    const { shiftedAt, waitSeconds } = await insist();
    expect(shiftedAt).toBe(at(6));
    // settle 60 s, then a whole minute, and a delay of 2 min, from 6 min on; asked at 5 min.
    expect(waitSeconds).toBe(300);
  });
});

test('a rollback waits for as long as the router needs to pass weights on', async () => {
  expect((await run()).waitSeconds).toBe(60);
});

describe('an execution whose claim is not there', () => {
  test.each([
    ['with the table', 1, newRecord(held.service)],
    ['when an older copy of the table took its place', 3, { ...newRecord(held.service), generation: 2 }],
  ])('restores all the same when it was lost %s', async (_, generation, record) => {
    store.records.set(held.service, record);
    await run({ generation });
    expect(router.weights).toEqual(PRIMARY);
  });

  test('writes nothing when it was set free, or another one has come and gone', async () => {
    await store.update(held.service, (record) => finishClaim(record, held.execution.arn, 'failed', at(4)));
    await expect(run({ safe: 'canary' })).rejects.toMatchObject({ name: 'Canary.Fenced' });
    await store.update(held.service, (record) => ({
      record: { ...record, generation: 2 },
      answer: undefined,
    }));
    await expect(run()).rejects.toMatchObject({ name: 'Canary.Fenced' });
    expect(router.written).toEqual([]);
  });
});

describe('a table that is away while traffic is restored', () => {
  test('for a moment: where traffic goes is written down after it went there', async () => {
    const update = store.update.bind(store);
    let calls = 0;
    store.update = async (service, change) => {
      if (++calls === 1) throw new CanaryError('Canary.Transient', 'DynamoDB is away');
      return update(service, change);
    };
    await run();
    expect((await store.read(held.service)).claim).toMatchObject({ phase: 'Failed', intent: 0 });
  });

  test('for longer: the watchdog, back with the table, does not put the old weight back', async () => {
    store.fails = new CanaryError('Canary.Transient', 'DynamoDB is away');
    await run();
    store.fails = undefined;
    const executions = new FakeExecutions();
    executions.statuses.set(held.execution.arn, { status: 'RUNNING' });
    executions.entered = ['Let the rollback settle', 'Roll back', 'Judge canary'];
    const quiet = { retireCanary: async () => true, announce: async () => undefined };
    const record = await store.read(held.service);
    await watchService({ store, router, executions, ...quiet }, record, at(6));
    expect([record.claim?.intent, router.weights]).toEqual([20, PRIMARY]);
  });
});
