import { describe, expect, test } from 'vitest';
import { CanaryError } from '../../../../lambdas/core/errors.ts';
import { safeByHistory } from '../../../../lambdas/core/safety/history.ts';
import { rescue } from '../../../../lambdas/core/safety/rescue.ts';
import { allOn, restore } from '../../../../lambdas/core/safety/restore.ts';
import { rollout } from '../../../fakes/rollouts.ts';
import { at, rolling, SERVICE } from './rolling.ts';

describe('traffic ends on the side recorded as safe (I1)', () => {
  test.each(['primary', 'canary'] as const)(
    'restore puts all of it on the %s, and records that',
    async (safe) => {
      const { store, router, arn } = await rolling(safe === 'primary' ? 'canary' : 'primary');
      await restore(store, router, { service: SERVICE, execution: arn, safe });
      expect(router.weights).toEqual(allOn(safe));
      expect((await store.read(SERVICE)).claim).toMatchObject({ safe, intent: allOn(safe).canary });
    },
  );

  test('it needs the router and nothing else: the table may be away', async () => {
    const { store, router, arn } = await rolling();
    store.fails = new CanaryError('Canary.Transient', 'DynamoDB is away');
    await restore(store, router, { service: SERVICE, execution: arn, safe: 'primary' });
    expect(router.weights).toEqual({ primary: 100, canary: 0 });
  });

  test('restored twice, nothing is written twice (I5)', async () => {
    const { store, router, arn } = await rolling();
    await restore(store, router, { service: SERVICE, execution: arn, safe: 'primary' });
    await restore(store, router, { service: SERVICE, execution: arn, safe: 'primary' });
    expect(router.written).toHaveLength(1);
  });

  test('a target that is not ours loses its weight', async () => {
    const { store, router, arn } = await rolling();
    router.stranger = 10;
    await restore(store, router, { service: SERVICE, execution: arn, safe: 'primary' });
    expect(router).toMatchObject({ stranger: 0, weights: { primary: 100, canary: 0 } });
  });

  test('an execution that lost its claim restores nothing', async () => {
    const { store, router } = await rolling();
    const stranger = rollout('another').execution.arn;
    await expect(
      restore(store, router, { service: SERVICE, execution: stranger, safe: 'primary' }),
    ).rejects.toMatchObject({
      name: 'Canary.Fenced',
    });
    expect(router.written).toEqual([]);
  });
});

describe('an execution that ended before its first write', () => {
  test('moves no traffic and takes no pods: its service is free at once', async () => {
    const { store, router, retired, told, watch, end } = await rolling();
    await store.update(SERVICE, (record) => ({
      record: { ...record, ...(record.claim && { claim: { ...record.claim, phase: 'Initialized' } }) },
      answer: undefined,
    }));
    router.weights = { primary: 70, canary: 30 };
    end('ABORTED');
    await watch(60);
    expect([router.weights.canary, retired, told]).toEqual([30, [], ['rolledBack']]);
    const { claim, freed } = await store.read(SERVICE);
    expect([claim, freed]).toEqual([undefined, undefined]);
  });

  test('is made safe like any other when a write of it began meanwhile', async () => {
    const { store, router, ports, arn } = await rolling();
    const { claim } = await store.read(SERVICE);
    if (claim === undefined) throw new Error('nothing was claimed');
    await rescue(ports, { execution: arn, status: 'ABORTED' }, { ...claim, phase: 'Initialized' }, at(60));
    expect(router.weights).toEqual({ primary: 100, canary: 0 });
    expect((await store.read(SERVICE)).needs?.what).toBe('verify');
  });
});

test.each([
  [['Shift traffic', 'Take route', 'Check before touching', 'Claim rollout'], 'primary'],
  [['Check workload', 'Check before touching', 'Claim rollout'], undefined],
  [['Not started', 'Claim rollout'], undefined],
  [['Finish rollback', 'Roll back', 'Take route', 'Claim rollout'], undefined],
  [['Check primary pods', 'Promote primary', 'Record canary as safe'], 'canary'],
  [['Return traffic to primary', 'Record primary as safe', 'Promote primary'], 'primary'],
] as const)('after %j the history tells that the safe side is %s', (entered, safe) => {
  expect(safeByHistory(entered)).toBe(safe);
});
