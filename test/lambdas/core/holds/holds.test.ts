import { beforeEach, describe, expect, test } from 'vitest';
import { claimRollout } from '../../../../lambdas/claim-rollout.ts';
import { applyCommand, type RolloutCommand } from '../../../../lambdas/core/claim/command.ts';
import { judgeAgain } from '../../../../lambdas/core/judge/again.ts';
import { startRequested } from '../../../../lambdas/core/safety/start.ts';
import type { RolloutSpec } from '../../../../lambdas/core/spec/schema.ts';
import type { AnalysisState, JudgeCanaryResult } from '../../../../lambdas/core/tasks.ts';
import { judgeCanary } from '../../../../lambdas/judge-canary.ts';
import { FakeExecutions } from '../../../fakes/fake-executions.ts';
import { FakeHooks } from '../../../fakes/fake-hooks.ts';
import { FakeMetrics, minute } from '../../../fakes/fake-metrics.ts';
import { FakeRouter } from '../../../fakes/fake-router.ts';
import { MemoryStore } from '../../../fakes/memory-store.ts';
import { input, rollout, spec, type writtenSpec } from '../../../fakes/rollouts.ts';

const SERVICE = 'podinfo@prod-eu';
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
const url = 'https://tests.example.com/hook';
const withKeys = (keys: object): RolloutSpec =>
  spec((written: ReturnType<typeof writtenSpec>) => ({ ...written, ...keys }));

let store: MemoryStore;
let router: FakeRouter;
let metrics: FakeMetrics;
let hooks: FakeHooks;

beforeEach(() => {
  store = new MemoryStore();
  router = new FakeRouter();
  metrics = new FakeMetrics();
  hooks = new FakeHooks();
});

/** A rollout at 5 % since minute 0, with a healthy minute of traffic each minute; ticks one minute after another. */
const walk = async (of: RolloutSpec) => {
  const held = rollout('podinfo-6.0.1-362e302e-prod-eu-1', input('6.0.1', at(0), of));
  await startRequested(store, new FakeExecutions(), input('6.0.1', at(0), of), { retry: false, now: at(0) });
  await claimRollout(store)({ rollout: held, now: at(0) });
  let analysis: AnalysisState | null = null;
  let weight = 5;
  let shiftedAt = at(0);
  router.weights = { primary: 95, canary: 5 };
  const tick = async (minutes: number): Promise<JudgeCanaryResult> => {
    metrics.data = Array.from({ length: minutes }, (_, index) => minute(index, [0, 300]));
    const verdict = await judgeCanary(
      { store, router, metrics, traces: metrics, hooks },
      () => `question-${minutes}`,
    )({
      rollout: held,
      generation: 1,
      now: at(minutes),
      weight,
      metrics: { series: [] },
      analysis,
      shiftedAt,
    });
    analysis = verdict.analysis;
    if (verdict.decision === 'advance') {
      weight = verdict.weight;
      shiftedAt = at(minutes);
      router.weights = { primary: 100 - weight, canary: weight };
    }
    return verdict;
  };
  const until = async (
    from: number,
    decision: string,
  ): Promise<{ verdict: JudgeCanaryResult; minutes: number }> => {
    for (let minutes = from; minutes < from + 200; minutes += 1) {
      const verdict = await tick(minutes);
      if (verdict.decision === decision) return { verdict, minutes };
    }
    throw new Error(`never ${decision}`);
  };
  const command = (name: RolloutCommand['command'], by: string) =>
    store.update(SERVICE, (record) =>
      applyCommand(record, { service: SERVICE, command: name, by, at: at(0) }),
    );
  return { tick, until, command, recorded: () => store.verdicts(SERVICE, held.execution.arn), spec: of };
};

const short = { strategy: { canary: { stepWeights: [5, 10] } } };

describe('a gate', () => {
  test('asks once before its step, goes on being judged, and lets the step through when a person approves', async () => {
    const { tick, until, command } = await walk(withKeys({ ...short, gates: [{ before: 10 }] }));
    const { verdict, minutes } = await until(1, 'ask');
    expect(verdict).toMatchObject({ weight: 5, reason: 'a gate stands before 10 %' });
    expect(verdict.events.at(-1)?.text).toBe(
      'Halt podinfo.test advancement waiting for traffic increase approval gate',
    );
    expect(await tick(minutes + 1)).toMatchObject({ decision: 'hold', weight: 5 });
    await command('approve', 'ana');
    const after = await tick(minutes + 2);
    expect(after).toMatchObject({ decision: 'advance', weight: 10 });
    expect(after.events[0]?.text).toBe('Confirm-traffic-increase check gate passed');
  });

  test('rejected by a person rolls back as rejected', async () => {
    const { tick, until, command } = await walk(withKeys({ ...short, gates: [{ before: 'promotion' }] }));
    const { minutes } = await until(1, 'ask');
    await command('reject', 'bo');
    expect(await tick(minutes + 1)).toMatchObject({
      decision: 'reject',
      reason: 'rejected by bo at the gate before promotion',
    });
  });

  test('that nobody answers in time is rejected', async () => {
    const { until } = await walk(withKeys({ ...short, gates: [{ before: 10, timeout: '30m' }] }));
    const { minutes: asked } = await until(1, 'ask');
    const { verdict, minutes } = await until(asked + 1, 'reject');
    expect(minutes - asked).toBe(30);
    expect(verdict.reason).toBe('nobody approved within 30m at the gate before 10 %');
  });

  test('keeps the deadline standing still', async () => {
    const { until, command, tick } = await walk(
      withKeys({ ...short, gates: [{ before: 10, timeout: '5h' }] }),
    );
    const { minutes } = await until(1, 'ask');
    // The deadline is an hour; three have passed.
    expect(await tick(minutes + 180)).toMatchObject({ decision: 'hold' });
    await command('approve', 'ana');
    expect(await tick(minutes + 181)).toMatchObject({ decision: 'advance' });
  });

  test('an answer to an earlier gate does not open the next one', async () => {
    const { until, command, tick } = await walk(
      withKeys({ ...short, gates: [{ before: 'increase' }, { before: 'promotion' }] }),
    );
    const first = await until(1, 'ask');
    await command('approve', 'ana');
    await until(first.minutes + 1, 'advance');
    const second = await until(first.minutes + 2, 'ask');
    expect(second.verdict.reason).toBe('a gate stands before promotion');
    expect(await tick(second.minutes + 1)).toMatchObject({ decision: 'hold' });
    await command('approve', 'ana');
    expect(await tick(second.minutes + 2)).toMatchObject({ decision: 'promote' });
  });
});

describe('hooks of a tick', () => {
  test('one of type rollout that says no fails one check a tick, and rolls back after the threshold with its answer', async () => {
    const hook = { name: 'load-test', url };
    const { until, recorded, spec: of } = await walk(withKeys({ ...short, hooks: [hook] }));
    hooks.answer('load-test', 500);
    const { verdict, minutes } = await until(1, 'rollBack');
    expect(verdict.reason).toBe('hook load-test: answered 500, 5 checks failed');
    expect(verdict.events.at(-1)?.text).toBe('Rolling back podinfo.test failed checks threshold reached 5');
    expect(minutes).toBe(6);
    const verdicts = await recorded();
    expect(verdicts[0]?.hooks).toEqual([
      { name: 'load-test', type: 'rollout', passed: false, found: 'answered 500' },
    ]);
    for (const record of verdicts) expect(judgeAgain(record, of).decision).toBe(record.decision);
  });

  test('one of type rollback that says yes rolls back at once; the others of its tick are not called', async () => {
    const { tick } = await walk(
      withKeys({
        hooks: [
          { name: 'checks', url },
          { name: 'halt', type: 'rollback', url },
        ],
      }),
    );
    await tick(1);
    expect(hooks.names).toEqual(['halt', 'checks']);
    hooks.answer('halt', 200);
    const verdict = await tick(2);
    expect(verdict).toMatchObject({
      decision: 'rollBack',
      reason: 'hook halt: it signals a rollback (answered 200)',
    });
    expect(verdict.events.map(({ text }) => text)).toEqual([
      'Rollback check halt passed',
      'Rolling back podinfo.test manual webhook invoked',
    ]);
    expect(hooks.names).toEqual(['halt', 'checks', 'halt']);
  });

  test('of one type are called in order until one says no, or, of type rollback, yes', async () => {
    const { tick } = await walk(
      withKeys({
        hooks: [
          { name: 'first', url },
          { name: 'second', url },
          { name: 'quiet', type: 'rollback', url },
          { name: 'alarm', type: 'rollback', url },
          { name: 'never', type: 'rollback', url },
        ],
      }),
    );
    hooks.answer('first', 500);
    await tick(1);
    expect(hooks.names).toEqual(['quiet', 'alarm', 'never', 'first']);
    hooks.answer('alarm', 200);
    await tick(2);
    expect(hooks.names.slice(4)).toEqual(['quiet', 'alarm']);
  });

  test('those that confirm an increase are called before each step and before promotion, and never else', async () => {
    const { until } = await walk(
      withKeys({
        ...short,
        hooks: [
          { name: 'promotion', type: 'confirm-promotion', url },
          { name: 'increase', type: 'confirm-traffic-increase', url },
        ],
      }),
    );
    await until(1, 'promote');
    expect(hooks.names).toEqual(['increase', 'increase', 'promotion']);
  });

  test('one that does not confirm holds without a failed check, tells people once, and goes on when it says yes', async () => {
    const { until, tick } = await walk(
      withKeys({ ...short, hooks: [{ name: 'change-board', type: 'confirm-promotion', url }] }),
    );
    hooks.answer('change-board', 403);
    const { verdict, minutes } = await until(1, 'ask');
    expect(verdict.events.at(-1)).toEqual({
      phase: 'WaitingPromotion',
      text: 'Halt podinfo.test advancement waiting for promotion approval change-board',
    });
    const next = await tick(minutes + 1);
    expect(next).toMatchObject({ decision: 'hold', events: [] });
    expect(next.analysis.failedChecks).toBe(0);
    expect(store.records.get(SERVICE)?.approval).toBeUndefined();
    hooks.answer('change-board', 202);
    expect(await tick(minutes + 2)).toMatchObject({ decision: 'promote' });
  });

  test('a call that is made again because its answer was lost has the same key', async () => {
    const { tick } = await walk(withKeys({ hooks: [{ name: 'checks', url }] }));
    await tick(1);
    await tick(1);
    await tick(2);
    const keys = hooks.calls.map(({ call }) => call.idempotencyKey);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});

describe('a freeze', () => {
  const freeze = { by: 'ana', at: at(0), reason: 'sales day' };

  test('of the service holds an increase, however long, and says by whom', async () => {
    const { until, tick } = await walk(withKeys(short));
    await store.update(SERVICE, (record) => ({ record: { ...record, freeze }, answer: undefined }));
    for (let minutes = 1; minutes < 20; minutes += 1)
      expect(await tick(minutes)).toMatchObject({ decision: 'hold', weight: 5 });
    expect((await tick(20)).say).toContain('it is frozen by ana (sales day)');
    await store.update(SERVICE, ({ freeze: _, ...record }) => ({ record, answer: undefined }));
    expect((await until(21, 'advance')).minutes).toBe(21);
  });

  test('of all services holds too, and ends at its time', async () => {
    const { until } = await walk(withKeys(short));
    await store.update('*', (record) => ({
      record: { ...record, freeze: { ...freeze, until: at(30) } },
      answer: undefined,
    }));
    expect((await until(1, 'advance')).minutes).toBe(30);
  });

  test('never holds a rollback', async () => {
    const { tick, command } = await walk(withKeys(short));
    await store.update(SERVICE, (record) => ({ record: { ...record, freeze }, answer: undefined }));
    await tick(4);
    await command('abort', 'bo');
    expect(await tick(5)).toMatchObject({ decision: 'rollBack', reason: 'aborted by bo' });
  });
});
