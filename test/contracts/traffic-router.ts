import { beforeEach, expect, test } from 'vitest';
import type { TrafficRouter } from '../../lambdas/core/ports.ts';

/** A router with all traffic on its primary, and a way to spoil its route from outside. */
export interface RouterUnderTest {
  readonly router: TrafficRouter;
  /** Somebody else gives a third target this weight, taken from the primary. */
  readonly addStranger: (weight: number) => Promise<void>;
  /** How often the route was written so far. */
  readonly writes: () => Promise<number>;
}

/** What every TrafficRouter does. */
export const trafficRouterContract = (create: () => Promise<RouterUnderTest>): void => {
  let of: RouterUnderTest;
  beforeEach(async () => {
    of = await create();
  });

  test('shifts to the weights asked for, and reads them back', async () => {
    await of.router.shift({ primary: 95, canary: 5 });
    expect((await of.router.read()).weights).toEqual({ primary: 95, canary: 5 });
    await expect(of.router.verify({ primary: 95, canary: 5 })).resolves.toBe(true);
    await expect(of.router.verify({ primary: 90, canary: 10 })).resolves.toBe(false);
  });

  test('writes nothing when the route is there already (I5)', async () => {
    await of.router.shift({ primary: 95, canary: 5 });
    const before = await of.writes();
    await of.router.shift({ primary: 95, canary: 5 });
    expect(await of.writes()).toBe(before);
    await of.router.restore({ primary: 0, canary: 100 });
    const restored = await of.writes();
    await of.router.restore({ primary: 0, canary: 100 });
    expect(await of.writes()).toBe(restored);
  });

  test.each(['primary', 'canary'] as const)('restores everybody’s traffic to the %s (I1)', async (side) => {
    await of.router.shift({ primary: 95, canary: 5 });
    await expect(of.router.hasAll(side)).resolves.toBe(false);
    const canary = side === 'canary' ? 100 : 0;
    await of.router.restore({ primary: 100 - canary, canary });
    await expect(of.router.hasAll(side)).resolves.toBe(true);
  });

  test('has nothing against a plain route', async () => {
    await expect(of.router.obstacles()).resolves.toEqual([]);
  });

  test('the version changes with the route, and only with it', async () => {
    const first = await of.router.read();
    expect((await of.router.read()).version).toBe(first.version);
    expect((await of.router.shift({ primary: 95, canary: 5 })).version).not.toBe(first.version);
  });

  test('refuses a route on which a target that is not ours has weight (I4)', async () => {
    await of.addStranger(10);
    await expect(of.router.read()).rejects.toMatchObject({ name: 'Canary.RouteChanged' });
    await expect(of.router.shift({ primary: 95, canary: 5 })).rejects.toMatchObject({
      name: 'Canary.RouteChanged',
    });
  });

  test('restores even such a route: the safe side gets all (I1)', async () => {
    await of.addStranger(10);
    await of.router.restore({ primary: 100, canary: 0 });
    await expect(of.router.verify({ primary: 100, canary: 0 })).resolves.toBe(true);
  });

  test('knows whose it is, once somebody has said so', async () => {
    await expect(of.router.owner()).resolves.toBeUndefined();
    await of.router.own('podinfo@prod-eu');
    await expect(of.router.owner()).resolves.toBe('podinfo@prod-eu');
  });
};
