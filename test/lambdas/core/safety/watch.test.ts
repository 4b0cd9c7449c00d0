import { describe, expect, test } from 'vitest';
import { amendClaim } from '../../../../lambdas/core/claim/claim.ts';
import { applyCommand } from '../../../../lambdas/core/claim/command.ts';
import { CanaryError } from '../../../../lambdas/core/errors.ts';
import { input } from '../../../fakes/rollouts.ts';
import { at, NAME, rolling, SERVICE } from './rolling.ts';

describe('the watchdog', () => {
  test.each(['ABORTED', 'TIMED_OUT', 'FAILED'])(
    'brings the traffic of an execution that is %s to the primary',
    async (status) => {
      const { router, watch, end, retired } = await rolling();
      end(status);
      await watch(60);
      expect(router.weights).toEqual({ primary: 100, canary: 0 });
      // Its pods stay while a late write may still send them traffic.
      expect(retired).toHaveLength(0);
      await watch(120);
      expect(retired).toHaveLength(1);
    },
  );

  test('brings the traffic of an execution that Step Functions knows no more to the primary', async () => {
    const { executions, store, router, watch } = await rolling();
    executions.statuses.clear();
    await watch(60);
    await watch(120);
    expect(router.weights).toEqual({ primary: 100, canary: 0 });
    expect((await store.read(SERVICE)).claim).toBeUndefined();
  });

  test('frees the service only after late writes have landed, and verifies again first', async () => {
    const { store, router, watch, end, told } = await rolling();
    end('ABORTED');
    await watch(60);
    await watch(75);
    expect((await store.read(SERVICE)).claim).toBeDefined();
    router.weights = { primary: 80, canary: 20 };
    await watch(120);
    expect(router.weights).toEqual({ primary: 100, canary: 0 });
    expect((await store.read(SERVICE)).claim).toBeUndefined();
    expect(told).toEqual(['rolledBack']);
  });

  test('a release whose primary runs what was proven stays released, stopped or not', async () => {
    const { store, told, watch, end, arn } = await rolling();
    await store.update(SERVICE, (record) => amendClaim(record, { execution: arn }, { phase: 'Finalising' }));
    end('ABORTED');
    await watch(60);
    await watch(120);
    const { claim, running } = await store.read(SERVICE);
    expect([claim, running?.tag]).toEqual([undefined, '6.0.1']);
    expect(told).toEqual(['promoted']);
  });

  test('pages nobody for an execution that has done so itself before it gave up', async () => {
    const { store, router, told, watch, end } = await rolling();
    router.refuses = new CanaryError('Canary.Transient', 'App Mesh is away');
    end('FAILED', 'Canary.RestoreFailed');
    await expect(watch(60)).rejects.toThrow('App Mesh is away');
    expect(told).toEqual([]);
    expect((await store.read(SERVICE)).needs?.what).toBe('rescue');
  });

  test('stays locked as needs rescue while the router refuses, pages once, and goes on trying', async () => {
    const { store, router, watch, end, told } = await rolling();
    end('ABORTED');
    router.refuses = new CanaryError('Canary.Transient', 'App Mesh is away');
    await expect(watch(60)).rejects.toMatchObject({ name: 'Canary.Transient' });
    await expect(watch(120)).rejects.toMatchObject({ name: 'Canary.Transient' });
    expect((await store.read(SERVICE)).needs?.what).toBe('rescue');
    expect(told).toEqual(['needsRescue']);
    router.refuses = undefined;
    await watch(180);
    expect(router.weights).toEqual({ primary: 100, canary: 0 });
  });

  test('keeps how far it got, and says why it ended in a sentence', async () => {
    const { store, executions, watch, arn } = await rolling();
    executions.statuses.set(arn, { status: 'ABORTED', cause: 'ana pressed Stop' });
    await watch(60);
    const { claim, needs } = await store.read(SERVICE);
    expect(claim).toMatchObject({ intent: 0, reached: 20 });
    expect(needs?.failure.reason).toBe('The execution was stopped: ana pressed Stop');
  });

  test('pages again each hour while the router refuses, not each minute', async () => {
    const { router, watch, end, told } = await rolling();
    end('ABORTED');
    router.refuses = new CanaryError('Canary.Transient', 'App Mesh is away');
    for (let minute = 1; minute <= 125; minute++) await watch(minute * 60).catch(() => undefined);
    expect(told).toEqual(['needsRescue', 'needsRescue', 'needsRescue']);
  });

  test('tells once how it ended, though the service cannot be set free at once', async () => {
    const { store, told, watch, end } = await rolling();
    end('ABORTED');
    await watch(60);
    const putSummary = store.putSummary.bind(store);
    const update = store.update.bind(store);
    store.putSummary = async (summary) => {
      await putSummary(summary);
      let writes = 0;
      // The note that it was told is written, and then the table goes away.
      store.update = async (service, change) => {
        if (++writes > 1) throw new CanaryError('Canary.Transient', 'DynamoDB is away');
        return update(service, change);
      };
    };
    await expect(watch(120)).rejects.toThrow('DynamoDB is away');
    store.update = update;
    store.putSummary = putSummary;
    await watch(180);
    expect(told).toEqual(['rolledBack']);
    expect((await store.read(SERVICE)).claim).toBeUndefined();
  });

  test('holds the canary at 100 % while a person mends the primary, until all traffic was given back', async () => {
    const { router, watch, end } = await rolling('canary');
    end('ABORTED');
    await watch(60);
    router.weights = { primary: 50, canary: 50 };
    await watch(120);
    expect(router.weights).toEqual({ primary: 0, canary: 100 });
    router.weights = { primary: 100, canary: 0 };
    await watch(180);
    expect(router.weights).toEqual({ primary: 100, canary: 0 });
  });

  test('takes that back when the person set the service free just then', async () => {
    const { store, router, watch, end } = await rolling('canary');
    end('ABORTED');
    await watch(60);
    router.weights = { primary: 50, canary: 50 };
    const restoreRoute = router.restore.bind(router);
    router.restore = async (weights) => {
      router.restore = restoreRoute;
      const by = { service: SERVICE, command: 'unlock', by: 'ana', at: at(119) } as const;
      await store.update(SERVICE, (record) => applyCommand(record, by));
      return restoreRoute(weights);
    };
    await watch(120);
    expect(router.weights).toEqual({ primary: 100, canary: 0 });
  });

  test('keeps the canary serving, and the service locked for a person, when the primary was changing', async () => {
    const { store, router, watch, end, told, retired } = await rolling('canary');
    end('ABORTED');
    await watch(60);
    await watch(180);
    expect(router.weights).toEqual({ primary: 0, canary: 100 });
    expect((await store.read(SERVICE)).needs?.what).toBe('person');
    expect(told).toEqual(['promotionFailed']);
    expect(retired).toEqual([]);
  });

  test('sets a route that somebody edited back to what is wanted', async () => {
    const { router, watch } = await rolling();
    router.weights = { primary: 30, canary: 70 };
    await watch(60);
    expect(router.weights).toEqual({ primary: 80, canary: 20 });
  });

  test('takes its own write back when the rollout ended while it wrote', async () => {
    const { store, router, watch } = await rolling();
    router.weights = { primary: 30, canary: 70 };
    const shift = router.shift.bind(router);
    router.shift = async (weights) => {
      const written = await shift(weights);
      await store.update(SERVICE, ({ claim: _, ...record }) => ({ record, answer: undefined }));
      return written;
    };
    await watch(60);
    expect(router.weights).toEqual({ primary: 100, canary: 0 });
  });

  test('leaves a rollout alone that runs as it should', async () => {
    const { router, watch } = await rolling();
    await expect(watch(60)).resolves.toBe('runs');
    expect(router.written).toEqual([]);
  });

  test('starts an execution whose start was lost', async () => {
    const { executions, watch, notStarted } = await rolling();
    await notStarted();
    executions.started.clear();
    executions.statuses.clear();
    await expect(watch(60)).resolves.toBe('started again');
    expect([...executions.started.keys()]).toEqual([NAME]);
  });

  test('does not take an execution of long ago for the one that it reserved', async () => {
    const { store, executions, watch, notStarted } = await rolling();
    await notStarted();
    executions.statuses.set(executions.arnOf(NAME), { status: 'SUCCEEDED' });
    await watch(60);
    expect((await store.read(SERVICE)).running).toBeUndefined();
    expect([...executions.started.keys()].at(-1)).toBe(NAME.replace(/1$/, '2'));
  });

  test('a push whose start keeps failing is not lost: it waits, and the failure is thrown to be counted', async () => {
    const { store, executions, watch, notStarted } = await rolling();
    await notStarted();
    executions.started.clear();
    executions.statuses.clear();
    executions.refuses = new CanaryError('Canary.Transient', 'Step Functions is away');
    await expect(watch(660)).rejects.toThrow('it waits again: Step Functions is away');
    expect(await store.read(SERVICE)).toMatchObject({ pending: { release: { tag: '6.0.1' } } });
    executions.refuses = undefined;
    await watch(720);
    expect([...executions.started.values()].map(({ release }) => release.tag)).toEqual(['6.0.1']);
  });

  test('starts the release that waits for a service which is free', async () => {
    const { store, executions, watch } = await rolling();
    await store.update(SERVICE, ({ claim: _, ...record }) => ({
      record: { ...record, pending: input('6.0.2', at(30)) },
      answer: undefined,
    }));
    await watch(60);
    expect([...executions.started.values()].map(({ release }) => release.tag)).toEqual(['6.0.1', '6.0.2']);
  });
});
