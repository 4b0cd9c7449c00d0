import { beforeEach, describe, expect, test } from 'vitest';
import { claimRollout } from '../../lambdas/claim-rollout.ts';
import { CanaryError } from '../../lambdas/core/errors.ts';
import { judgeAgain } from '../../lambdas/core/judge/again.ts';
import { startRequested } from '../../lambdas/core/safety/start.ts';
import type { AnalysisState } from '../../lambdas/core/tasks.ts';
import { commandRollout } from '../../lambdas/events/command-rollout.ts';
import { finishRollout } from '../../lambdas/finish-rollout.ts';
import { judgeCanary } from '../../lambdas/judge-canary.ts';
import { recordPhase } from '../../lambdas/record-phase.ts';
import { restoreTraffic } from '../../lambdas/restore.ts';
import { shiftTraffic } from '../../lambdas/shift-traffic.ts';
import { FakeExecutions } from '../fakes/fake-executions.ts';
import { FakeHooks } from '../fakes/fake-hooks.ts';
import { FakeMetrics, minute } from '../fakes/fake-metrics.ts';
import { FakeRouter } from '../fakes/fake-router.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { input, rollout, spec } from '../fakes/rollouts.ts';

const SERVICE = 'podinfo@prod-eu';
const NAME = 'podinfo-6.0.1-362e302e-prod-eu-1';
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
const held = rollout(NAME);
const base = (minutes: number) => ({ rollout: held, generation: 1, now: at(minutes) });
const metricsOf = { series: [] };

let store: MemoryStore;
let executions: FakeExecutions;
let router: FakeRouter;
let metrics: FakeMetrics;
let hooks: FakeHooks;
let retired: string[];

beforeEach(async () => {
  store = new MemoryStore();
  executions = new FakeExecutions();
  router = new FakeRouter();
  metrics = new FakeMetrics();
  hooks = new FakeHooks();
  retired = [];
  await startRequested(store, executions, input(), { retry: false, now: at(0) });
  await claimRollout(store)({ rollout: held, now: at(0) });
});

const commandPorts = () => ({
  store,
  routerOf: async () => router,
  retireCanary: async ({ execution }: { execution: string }) => retired.push(execution) > 0,
});

const tick = (minutes: number, analysis: AnalysisState | null, weight = 5, spent = 0) =>
  judgeCanary(
    { store, router, metrics, traces: metrics, hooks },
    () => 'question',
    () => spent,
  )({
    ...base(minutes),
    weight,
    metrics: metricsOf,
    analysis,
    shiftedAt: at(0),
  });

describe('Shift traffic', () => {
  test('records what is wanted before it writes', async () => {
    router.refuses = new CanaryError('Canary.Transient', 'App Mesh is away');
    await expect(shiftTraffic(store, router)({ ...base(1), weight: 5 })).rejects.toMatchObject({
      name: 'Canary.Transient',
    });
    expect((await store.read(SERVICE)).claim?.intent).toBe(5);
  });

  test('run twice ends in the same state with one write (I5)', async () => {
    const first = await shiftTraffic(store, router)({ ...base(1), weight: 5 });
    await expect(shiftTraffic(store, router)({ ...base(1), weight: 5 })).resolves.toEqual(first);
    expect(router.written).toEqual([{ primary: 95, canary: 5 }]);
  });

  test('counts from the write, not from the state’s entry: a write that was retried came later (I2)', async () => {
    router.updatedAt = at(3);
    await expect(shiftTraffic(store, router)({ ...base(1), weight: 5 })).resolves.toMatchObject({
      shiftedAt: at(3),
    });
    router.weights = { primary: 70, canary: 30 };
    router.updatedAt = at(6);
    expect((await tick(4, null)).analysis.shiftedAt).toBe(at(6));
  });

  test('of an execution that lost its claim writes nothing', async () => {
    await store.update(SERVICE, (record) => ({ record: { ...record, generation: 2 }, answer: undefined }));
    await expect(shiftTraffic(store, router)({ ...base(1), weight: 5 })).rejects.toMatchObject({
      name: 'Canary.Fenced',
    });
    expect(router.written).toEqual([]);
  });

  test('fails when the claim was lost while it wrote', async () => {
    const losing = Object.assign(router, {
      verify: async () => {
        await store.update(SERVICE, (record) => ({
          record: { ...record, generation: 2 },
          answer: undefined,
        }));
        return true;
      },
    });
    await expect(shiftTraffic(store, losing)({ ...base(1), weight: 5 })).rejects.toMatchObject({
      name: 'Canary.Fenced',
    });
  });

  test('fails while the router does not show what was written', async () => {
    const lagging = Object.assign(router, { verify: async () => false });
    await expect(shiftTraffic(store, lagging)({ ...base(1), weight: 5 })).rejects.toMatchObject({
      name: 'Canary.Transient',
    });
  });
});

describe('Judge canary', () => {
  beforeEach(() => shiftTraffic(store, router)({ ...base(0), weight: 5 }));

  test('advances on a whole period at the present weight, and records the evidence it had (I6)', async () => {
    metrics.data = [minute(1, [0, 300])];
    const verdict = await tick(4, null);
    expect(verdict).toMatchObject({ decision: 'advance', weight: 10 });
    const [recorded] = await store.verdicts(SERVICE, held.execution.arn);
    if (recorded === undefined) throw new Error('nothing was recorded');
    expect(recorded.periods).toEqual(metrics.data);
    expect(judgeAgain(recorded, held.spec)).toMatchObject({
      decision: 'advance',
      weight: 10,
      say: verdict.say,
    });
  });

  test('holds and says why while CloudWatch does not answer, whatever noData says; only the deadline decides (I2)', async () => {
    const strict = spec((written) => ({ ...written, analysis: { ...written.analysis, noData: 'fail' } }));
    const away = new CanaryError('Canary.Transient', 'CloudWatch is away');
    const judgeAt = async (minutes: number) => {
      metrics.refuses = away;
      return judgeCanary({ store, router, metrics, traces: metrics, hooks })({
        ...base(minutes),
        rollout: { ...held, spec: strict },
        weight: 5,
        metrics: metricsOf,
        analysis: null,
        shiftedAt: at(0),
      });
    };
    const verdict = await judgeAt(10);
    expect(verdict).toMatchObject({
      decision: 'hold',
      say: expect.stringMatching(/^Metrics could not be read \(CloudWatch is away\)/),
      analysis: { failedChecks: 0 },
    });
    const [recorded] = await store.verdicts(SERVICE, held.execution.arn);
    if (recorded === undefined) throw new Error('nothing was recorded');
    expect(judgeAgain(recorded, strict)).toMatchObject({ decision: 'hold', say: verdict.say });
    expect((await judgeAt(61)).decision).toBe('ask');
    metrics.refuses = new CanaryError('Canary.AccessDenied', 'no cloudwatch:GetMetricData');
    await expect(tick(11, null)).rejects.toMatchObject({ name: 'Canary.AccessDenied' });
  });

  test('takes a period once: the same tick again knows nothing new', async () => {
    metrics.data = [minute(1, [30, 300])];
    const first = await tick(4, null);
    const second = await tick(5, first.analysis);
    expect([first, second].map(({ analysis }) => analysis.failedChecks)).toEqual([1, 1]);
  });

  test('what its hooks took is not waited for again, and never less than a second', async () => {
    const { waitSeconds } = await tick(2, null);
    expect((await tick(2, null, 5, 18)).waitSeconds).toBe(waitSeconds - 18);
    expect((await tick(2, null, 5, 100_000)).waitSeconds).toBe(1);
  });

  test('sets a route that somebody edited back, says so, and lets nothing of before prove anything', async () => {
    router.weights = { primary: 70, canary: 30 };
    metrics.data = [minute(1, [0, 300])];
    const verdict = await tick(4, null);
    expect(router.weights).toEqual({ primary: 95, canary: 5 });
    expect(verdict).toMatchObject({
      decision: 'hold',
      say: expect.stringContaining('Somebody set podinfo to 70/30'),
    });
    expect(verdict.analysis.shiftedAt).toBe(at(4));
  });

  test('hears abort, and a newer release only where the spec lets it supersede', async () => {
    await startRequested(store, executions, input('6.0.2', at(1)), { retry: false, now: at(1) });
    expect((await tick(4, null)).decision).toBe('hold');
    const supersede = { ...held, spec: spec((written) => ({ ...written, onNewer: 'supersede' })) };
    const superseded = await judgeCanary({ store, router, metrics, traces: metrics, hooks })({
      ...base(4),
      rollout: supersede,
      weight: 5,
      metrics: metricsOf,
      analysis: null,
      shiftedAt: at(0),
    });
    expect(superseded).toMatchObject({ decision: 'supersede', reason: expect.stringContaining('6.0.2') });
    await commandRollout(commandPorts())({ service: SERVICE, command: 'abort', by: 'ana', at: at(4) });
    expect(await tick(5, null)).toMatchObject({
      decision: 'rollBack',
      reason: expect.stringContaining('ana'),
    });
  });

  test('asks at the deadline, keeps the question where the answer is heard, and promotes on approval', async () => {
    const asked = await tick(61, null);
    expect(asked.decision).toBe('ask');
    expect((await store.read(SERVICE)).approval).toMatchObject({
      id: 'question',
      execution: held.execution.arn,
    });
    const say = await commandRollout(commandPorts())({
      service: SERVICE,
      command: 'approve',
      by: 'ana',
      at: at(62),
    });
    expect(say).toEqual({ say: 'approved by ana' });
    expect(await tick(63, asked.analysis)).toMatchObject({
      decision: 'promote',
      weight: 100,
      reason: 'approved by ana',
    });
  });

  test('of an execution that lost its claim judges nothing', async () => {
    await store.update(SERVICE, (record) => ({ record: { ...record, generation: 2 }, answer: undefined }));
    await expect(tick(4, null)).rejects.toMatchObject({ name: 'Canary.Fenced' });
  });
});

describe('the end', () => {
  test('a rollout that promoted sets the service free and notes what runs', async () => {
    await finishRollout(store, executions)({ ...base(50), outcome: 'promoted', reason: '', weight: 50 });
    expect(await store.read(SERVICE)).toMatchObject({ running: { tag: '6.0.1' } });
    expect((await store.read(SERVICE)).claim).toBeUndefined();
    expect(await store.history(SERVICE, 1)).toMatchObject([{ outcome: 'promoted' }]);
  });

  test('the release that waited is started', async () => {
    await startRequested(store, executions, input('6.0.2', at(1)), { retry: false, now: at(1) });
    await finishRollout(store, executions)({ ...base(50), outcome: 'rolledBack', reason: 'x', weight: 5 });
    expect([...executions.started.values()].map(({ release }) => release.tag)).toEqual(['6.0.1', '6.0.2']);
  });

  test('a failed promotion stays locked until a person unlocks it, and only with traffic on the primary', async () => {
    await recordPhase(store)({ ...base(40), phase: 'Promoting', safe: 'canary' });
    await restoreTraffic(
      store,
      router,
    )({
      ...base(41),
      safe: 'canary',
      cause: { Error: 'Canary.PodsFailed', Cause: 'crash loop' },
    });
    await finishRollout(
      store,
      executions,
    )({ ...base(41), outcome: 'failed', reason: 'crash loop', weight: 50 });
    const unlock = () =>
      commandRollout(commandPorts())({ service: SERVICE, command: 'unlock', by: 'ana', at: at(60) });
    await expect(unlock()).rejects.toMatchObject({
      name: 'Canary.InvalidInput',
      message: expect.stringContaining('does not have all traffic on the primary'),
    });
    await router.shift({ primary: 100, canary: 0 });
    await expect(unlock()).resolves.toEqual({ say: `${SERVICE} is free` });
    expect(retired).toEqual([held.execution.arn]);
  });

  test.each(['approve', 'reject', 'unlock'] as const)('%s without a question is refused', async (command) => {
    await expect(
      commandRollout(commandPorts())({ service: SERVICE, command, by: 'ana' }),
    ).rejects.toMatchObject({ name: 'Canary.InvalidInput' });
  });
});
