import { describe, expect, test } from 'vitest';
import { amendClaim } from '../../../../lambdas/core/claim/claim.ts';
import { rescue } from '../../../../lambdas/core/safety/rescue.ts';
import { restore } from '../../../../lambdas/core/safety/restore.ts';
import { at, rolling, SERVICE } from './rolling.ts';

/** What "Record canary as safe" writes. */
const PROMOTING = { phase: 'Promoting', safe: 'canary' } as const;
/** What "Shift traffic" writes before it shifts. */
const SHIFTING = { phase: 'Progressing', intent: 50 } as const;

const world = async () => {
  const rollout = await rolling();
  const { store, arn } = rollout;
  const amend = (change: typeof PROMOTING | typeof SHIFTING) =>
    store.update(SERVICE, (record) => amendClaim(record, { execution: arn }, change));
  return { ...rollout, amend };
};
const fenced = { name: 'Canary.Fenced', message: expect.stringContaining('this write comes too late') };

describe('a write to the record that was under way when the rollout was undone', () => {
  test.each([PROMOTING, SHIFTING])('is refused after a rollback in the machine: %j', async (change) => {
    const { store, router, arn, amend } = await world();
    await restore(store, router, { service: SERVICE, execution: arn, safe: 'primary' });
    await expect(amend(change)).rejects.toMatchObject(fenced);
    expect((await store.read(SERVICE)).claim).toMatchObject({ safe: 'primary', intent: 0 });
  });

  test.each([PROMOTING, SHIFTING])('is refused once rescue has locked the service: %j', async (change) => {
    const { router, watch, end, amend } = await world();
    end('ABORTED');
    await watch(60);
    await expect(amend(change)).rejects.toMatchObject(fenced);
    await watch(120);
    expect(router.weights).toEqual({ primary: 100, canary: 0 });
  });

  test('is refused from the first moment of a rescue: its side is decided before the route is written', async () => {
    const { store, router, watch, end, arn, amend } = await world();
    end('ABORTED');
    const restoreRoute = router.restore.bind(router);
    const tried: string[] = [];
    router.restore = async (weights) => {
      tried.push(
        await amend(PROMOTING).then(
          () => 'written',
          (error: Error) => error.name,
        ),
      );
      return restoreRoute(weights);
    };
    await watch(60);
    expect(tried).toEqual(['Canary.Fenced']);
    expect((await store.read(SERVICE)).claim).toMatchObject({ execution: arn, safe: 'primary', intent: 0 });
  });

  test('that came before it decides with it, also for a rescue that had read the record before', async () => {
    const { store, router, ports, amend, arn } = await world();
    const { claim } = await store.read(SERVICE);
    if (claim === undefined) throw new Error('nothing was claimed');
    await amend(PROMOTING);
    await rescue(ports, { execution: arn, status: 'ABORTED' }, claim, at(60));
    expect(router.weights).toEqual({ primary: 0, canary: 100 });
    expect((await store.read(SERVICE)).needs?.what).toBe('person');
  });
});

test('no phase comes back: a shift that was under way does not undo that the primary changes', async () => {
  const { amend } = await world();
  await amend(PROMOTING);
  await expect(amend(SHIFTING)).rejects.toMatchObject(fenced);
});

test('a release whose primary runs what was proven stays one, though its traffic is put right by restore', async () => {
  const { store, router, arn } = await world();
  await store.update(SERVICE, (record) =>
    amendClaim(record, { execution: arn }, { phase: 'Finalising', safe: 'primary' }),
  );
  await restore(store, router, { service: SERVICE, execution: arn, safe: 'primary' });
  expect((await store.read(SERVICE)).claim?.phase).toBe('Finalising');
});
