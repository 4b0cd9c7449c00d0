import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amendClaim, claimService } from '../../../../lambdas/core/claim/claim.ts';
import type { TrafficRouter } from '../../../../lambdas/core/ports.ts';
import type { Claim } from '../../../../lambdas/core/record.ts';
import type { Side, Weights } from '../../../../lambdas/core/rollout.ts';
import type { RescuePorts } from '../../../../lambdas/core/safety/ports.ts';
import { reassert } from '../../../../lambdas/core/safety/reassert.ts';
import { allOn } from '../../../../lambdas/core/safety/restore.ts';
import { startRequested } from '../../../../lambdas/core/safety/start.ts';
import { watchService } from '../../../../lambdas/core/safety/watch.ts';
import type { RolloutStore } from '../../../../lambdas/core/store.ts';
import { rescueExecution } from '../../../../lambdas/events/rescue.ts';
import { finishRollout } from '../../../../lambdas/finish-rollout.ts';
import { recordPhase } from '../../../../lambdas/record-phase.ts';
import { restoreTraffic } from '../../../../lambdas/restore.ts';
import { shiftTraffic } from '../../../../lambdas/shift-traffic.ts';
import { takeRoute } from '../../../../lambdas/take-route.ts';
import { FakeExecutions } from '../../../fakes/fake-executions.ts';
import { FakeRouter } from '../../../fakes/fake-router.ts';
import { MemoryStore } from '../../../fakes/memory-store.ts';
import { input, rollout } from '../../../fakes/rollouts.ts';
import { at, NAME, SERVICE } from './rolling.ts';

/**
 * Whatever is under way when a rollout ends lands in any order: each call to table and router waits for its turn before
 * it takes effect and before it is answered, and fast-check deals the turns. Every function ends within 30 s, so the
 * watchdog's looks from the next minute on find everything landed.
 */

/** Calls of the table: each is atomic, and comes when its turn comes. */
const slowStore = (turn: () => Promise<void>, store: MemoryStore): RolloutStore =>
  new Proxy(store, {
    get: (target, name: keyof MemoryStore) => {
      const method = target[name];
      if (typeof method !== 'function') return method;
      return async (...args: never[]) => {
        await turn();
        const answer = await (method as (...given: never[]) => Promise<unknown>).apply(target, args);
        await turn();
        return answer;
      };
    },
  });

/** A router reads first and writes later, as App Mesh's does, without any condition; what is there already is not written. */
const slowRouter = (turn: () => Promise<void>, route: FakeRouter): TrafficRouter => {
  const read = async () => {
    await turn();
    return route.read();
  };
  const shift = async (weights: Weights) => {
    const before = await read();
    await turn();
    if (before.weights.canary !== weights.canary) await route.restore(weights);
    await turn();
    return route.read();
  };
  return {
    identity: route.identity,
    read,
    shift,
    restore: shift,
    verify: async (weights) => (await read()).weights.canary === weights.canary,
    hasAll: async (side) => (await read()).weights[side] === 100,
    obstacles: async () => [],
    owner: () => route.owner(),
    own: async (service) => {
      await turn();
      await route.own(service);
    },
  };
};

/** A rollout in the middle of its way, whose next function is under way. */
const STAGES = {
  'Take route': { claim: {}, weight: 0 },
  'Shift traffic': { claim: { phase: 'Progressing', intent: 5 }, weight: 5 },
  'Judge canary': { claim: { phase: 'Progressing', intent: 20 }, weight: 20 },
  'Record canary as safe': { claim: { phase: 'Progressing', intent: 50 }, weight: 50 },
  'Record primary as safe': { claim: { phase: 'Promoting', intent: 50, safe: 'canary' }, weight: 50 },
  'Return traffic to primary': { claim: { phase: 'Finalising', intent: 50 }, weight: 50 },
} as const satisfies Record<string, { claim: Partial<Claim>; weight: number }>;
type Stage = keyof typeof STAGES;

const setUp = async (stage: Stage, turn: () => Promise<void>) => {
  const memory = new MemoryStore();
  const executions = new FakeExecutions();
  const route = new FakeRouter();
  await startRequested(memory, executions, input('6.0.1', at(0)), { retry: false, now: at(0) });
  const held = rollout(NAME, executions.started.get(NAME));
  await memory.update(SERVICE, (record) => claimService(record, held, at(0)));
  const { claim, weight } = STAGES[stage];
  await memory.update(SERVICE, (record) => amendClaim(record, { execution: held.execution.arn }, claim));
  route.weights = { primary: 100 - weight, canary: weight };
  const store = slowStore(turn, memory);
  const router = slowRouter(turn, route);
  const told: string[] = [];
  const quiet = { executions, retireCanary: async () => true };
  const ports: RescuePorts = {
    ...{ ...quiet, store, router },
    announce: async (what) => void told.push(what),
  };
  const task = { rollout: held, generation: 1, now: at(60) };
  const underWay: Record<Stage, () => Promise<unknown>> = {
    'Take route': () => takeRoute(store, router)(task),
    'Shift traffic': () => shiftTraffic(store, router)({ ...task, weight: 20 }),
    'Judge canary': () => reassert(router, held.spec, 20),
    'Record canary as safe': () => recordPhase(store)({ ...task, phase: 'Promoting', safe: 'canary' }),
    'Record primary as safe': () => recordPhase(store)({ ...task, phase: 'Finalising', safe: 'primary' }),
    'Return traffic to primary': () => shiftTraffic(store, router)({ ...task, weight: 0 }),
  };
  const ignored = () => undefined;
  return {
    ...{ memory, executions, route, held, task, store, router, told },
    function: () => underWay[stage]().catch(ignored),
    look: async (second: number) => watchService(ports, await store.read(SERVICE), at(second)).catch(ignored),
    rescue: () =>
      rescueExecution(() => ports)({
        time: at(60),
        detail: { executionArn: held.execution.arn, status: 'ABORTED', input: JSON.stringify(input()) },
      }).catch(ignored),
    /** The looks of the minutes after, when nothing else goes on. */
    settle: async () => {
      const calm: RescuePorts = { ...ports, store: memory, router: slowRouter(async () => undefined, route) };
      for (const second of [120, 180, 240, 300])
        await watchService(calm, await memory.read(SERVICE), at(second));
    },
  };
};
type World = Awaited<ReturnType<typeof setUp>>;

const stages = fc.constantFrom(...(Object.keys(STAGES) as Stage[]));
/** Plays what `actors` gives side by side, in every order that fast-check deals, then the minutes after. */
const inAnyOrder = (
  actors: (world: World) => readonly Promise<unknown>[],
  check: (world: World, stage: Stage) => Promise<void> | void,
  of: fc.Arbitrary<Stage> = stages,
) =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), of, async (scheduler, stage) => {
      let quiet = true;
      const turn = () =>
        quiet ? Promise.resolve() : scheduler.schedule(Promise.resolve()).then(() => undefined);
      const world = await setUp(stage, turn);
      quiet = false;
      await scheduler.waitFor(Promise.all(actors(world)));
      await world.settle();
      await check(world, stage);
    }),
    { numRuns: 400 },
  );

/** All traffic where the record says, and the service free unless a person has to mend its primary. */
const assertSafe = async ({ memory, route }: World): Promise<Side> => {
  const { claim, needs } = await memory.read(SERVICE);
  const side: Side = needs?.what === 'person' ? 'canary' : 'primary';
  expect([route.weights, claim === undefined]).toEqual([allOn(side), side === 'primary']);
  return side;
};

describe('in whatever order it lands, traffic ends on the safe side (I1)', () => {
  test('when the execution is stopped while a function is under way, and rescue and watchdog come at once', async () => {
    await inAnyOrder(
      (world) => {
        world.executions.statuses.set(world.held.execution.arn, { status: 'ABORTED' });
        return [world.function(), world.rescue(), world.look(61)];
      },
      async (world, stage) => {
        const side = await assertSafe(world);
        const canBePerson = stage === 'Record canary as safe' || stage === 'Record primary as safe';
        expect(side === 'primary' || canBePerson).toBe(true);
        expect(world.told.length).toBeGreaterThan(0);
        const { running } = await world.memory.read(SERVICE);
        if (stage === 'Return traffic to primary') expect(running?.tag).toBe('6.0.1');
      },
    );
  });

  test('when the machine rolls back while the function that it gave up on still writes', async () => {
    const before = fc.constantFrom<Stage>(
      'Take route',
      'Shift traffic',
      'Judge canary',
      'Record canary as safe',
    );
    await inAnyOrder(
      (world) => {
        const { task, store, router, executions } = world;
        const rollBack = async () => {
          const cause = { Error: 'Lambda.Unknown', Cause: '' };
          await restoreTraffic(store, router)({ ...task, safe: 'primary', cause });
          await finishRollout(store, executions)({ ...task, outcome: 'rolledBack', reason: 'x', weight: 5 });
        };
        // A late write of the route can make it look unrestored: the machine retries.
        const retried = () => rollBack().catch(rollBack).catch(rollBack);
        return [world.function(), retried(), world.look(61)];
      },
      async (world) => expect(await assertSafe(world)).toBe('primary'),
      before,
    );
  });

  test('when the next rollout has begun already, which keeps its own weight', async () => {
    const before = fc.constantFrom<Stage>('Shift traffic', 'Judge canary');
    await inAnyOrder(
      (world) => {
        const { task, store, router, executions, memory } = world;
        const next = async () => {
          await startRequested(memory, executions, input('6.0.2', at(50)), { retry: false, now: at(50) });
          const cause = { Error: 'Canary.RolledBack', Cause: 'x' };
          const undo = () => restoreTraffic(store, router)({ ...task, safe: 'primary', cause });
          await undo().catch(undo).catch(undo);
          await finishRollout(store, executions)({ ...task, outcome: 'rolledBack', reason: 'x', weight: 5 });
          // The watchdog may have started it, too: whoever did, the record says under which name.
          const { claim } = await memory.read(SERVICE);
          const newer = rollout(claim?.execution.split(':').at(-1) ?? '', claim?.input);
          const own = { rollout: newer, generation: 2, now: at(62) };
          await store.update(SERVICE, (record) => claimService(record, newer, at(62)));
          const take = () => takeRoute(store, router)(own);
          await take().catch(take).catch(take);
          const shift = () => shiftTraffic(store, router)({ ...own, weight: 5 });
          await shift().catch(shift).catch(shift);
        };
        return [world.function(), next(), world.look(61)];
      },
      async ({ memory, route }) => {
        const { claim } = await memory.read(SERVICE);
        expect(claim).toMatchObject({ intent: 5, input: { release: { tag: '6.0.2' } } });
        expect(route.weights).toEqual({ primary: 95, canary: 5 });
      },
      before,
    );
  });
});
