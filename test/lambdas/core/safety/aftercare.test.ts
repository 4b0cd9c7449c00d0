import { describe, expect, test } from 'vitest';
import { finishClaim } from '../../../../lambdas/core/claim/finish.ts';
import { CanaryError } from '../../../../lambdas/core/errors.ts';
import type { Outcome } from '../../../../lambdas/core/rollout.ts';
import { input } from '../../../fakes/rollouts.ts';
import { at, rolling, SERVICE } from './rolling.ts';

/** A rollout that ended at 60 s in the ordinary way: its traffic is back, and its service free. */
const ended = async (outcome: Outcome = 'rolledBack') => {
  const world = await rolling();
  world.router.weights = { primary: 100, canary: 0 };
  await world.store.update(SERVICE, (record) => finishClaim(record, world.arn, outcome, at(60)));
  return world;
};

describe('a write that lands after its rollout has ended changes nothing that lasts (I1)', () => {
  test.each(['rolledBack', 'promoted'] as const)(
    'the watchdog takes it back when the rollout was %s, and looks no more',
    async (outcome) => {
      const { router, watch, store } = await ended(outcome);
      router.weights = { primary: 80, canary: 20 };
      await expect(watch(100)).resolves.toContain('a late write was taken back');
      expect(router.weights).toEqual({ primary: 100, canary: 0 });
      router.weights = { primary: 90, canary: 10 };
      await expect(watch(160)).resolves.toBe('free');
      expect(router.weights.canary).toBe(10);
      expect((await store.read(SERVICE)).freed?.left).toEqual([]);
    },
  );

  test('it is looked for only once no write can be under way', async () => {
    const { router, watch, store } = await ended();
    router.weights = { primary: 80, canary: 20 };
    await watch(89);
    expect(router.weights.canary).toBe(20);
    expect((await store.read(SERVICE)).freed?.left).toEqual(['route', 'canary']);
    await watch(90);
    expect(router.weights.canary).toBe(0);
  });

  test('while the router is away the look is made good later', async () => {
    const { router, watch } = await ended();
    router.weights = { primary: 80, canary: 20 };
    router.refuses = new CanaryError('Canary.Transient', 'App Mesh is away');
    await expect(watch(100)).rejects.toThrow('App Mesh is away');
    router.refuses = undefined;
    await watch(160);
    expect(router.weights.canary).toBe(0);
  });

  test('a rollout that began meanwhile keeps its own weight', async () => {
    const { router, watch, store, executions } = await ended();
    router.weights = { primary: 80, canary: 20 };
    const shift = router.shift.bind(router);
    router.shift = async (weights) => {
      const written = await shift(weights);
      router.shift = shift;
      await store.update(SERVICE, (record) => ({
        record: {
          ...record,
          claim: {
            ...{ execution: executions.arnOf('next'), since: at(99), started: true, input: input('6.0.2') },
            ...{ phase: 'Progressing', safe: 'primary', intent: 5 },
          },
        },
        answer: undefined,
      }));
      return written;
    };
    await watch(100);
    expect(router.weights).toEqual({ primary: 95, canary: 5 });
  });

  test('weight that people gave to a target of their own is theirs', async () => {
    const { router, watch } = await ended();
    router.stranger = 10;
    await expect(watch(100)).resolves.toBe('free');
    expect(router.stranger).toBe(10);
  });

  test('a rollout that was refused wrote nothing, and nothing is looked for', async () => {
    const { store, arn, watch } = await rolling();
    await store.update(SERVICE, ({ claim, ...record }) => ({
      record: { ...record, ...(claim && { claim: { ...claim, phase: 'Initialized' } }) },
      answer: undefined,
    }));
    await store.update(SERVICE, (record) => finishClaim(record, arn, 'refused', at(60)));
    expect((await store.read(SERVICE)).freed).toBeUndefined();
    await expect(watch(100)).resolves.toBe('free');
  });
});

describe('the pods of a canary that a late deploy brought back', () => {
  test('are taken away again', async () => {
    const { retired, watch, arn } = await ended();
    await watch(100);
    expect(retired).toEqual([arn]);
  });

  test('are tried for some minutes while the cluster is away, and people are told when that did not help', async () => {
    const { cluster, told, watch, store } = await ended();
    cluster.away = true;
    await watch(100);
    await watch(600);
    expect(told).toEqual([]);
    expect((await store.read(SERVICE)).freed?.left).toEqual(['canary']);
    await watch(661);
    await watch(720);
    expect(told).toEqual(['retireFailed']);
  });

  test('go when the cluster is back', async () => {
    const { cluster, retired, told, watch } = await ended();
    cluster.away = true;
    await watch(100);
    cluster.away = false;
    await watch(160);
    await watch(720);
    expect([retired.length, told]).toEqual([1, []]);
  });
});
