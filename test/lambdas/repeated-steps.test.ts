import { describe, expect, test } from 'vitest';
import { claimRollout } from '../../lambdas/claim-rollout.ts';
import { claimService } from '../../lambdas/core/claim/claim.ts';
import { CanaryError } from '../../lambdas/core/errors.ts';
import type { Executions, TrafficRouter } from '../../lambdas/core/ports.ts';
import type { RescuePorts } from '../../lambdas/core/safety/ports.ts';
import { startRequested } from '../../lambdas/core/safety/start.ts';
import { watchService } from '../../lambdas/core/safety/watch.ts';
import type { RolloutStore } from '../../lambdas/core/store.ts';
import { finishRollout } from '../../lambdas/finish-rollout.ts';
import { recordPhase } from '../../lambdas/record-phase.ts';
import { restoreTraffic } from '../../lambdas/restore.ts';
import { shiftTraffic } from '../../lambdas/shift-traffic.ts';
import { takeRoute } from '../../lambdas/take-route.ts';
import { FakeExecutions } from '../fakes/fake-executions.ts';
import { FakeRouter } from '../fakes/fake-router.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { input, rollout } from '../fakes/rollouts.ts';

const SERVICE = 'podinfo@prod-eu';
const NAME = 'podinfo-6.0.1-362e302e-prod-eu-1';
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();

interface Ports {
  readonly store: RolloutStore;
  readonly router: TrafficRouter;
  readonly executions: Executions;
}

/** Fails one call, by its number, before its effect or after it. */
interface Fault {
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** Counts every call of a port, and fails the one that the fault names. */
const failing = <Port extends object>(port: Port, count: { calls: number }, fault: Fault | undefined): Port =>
  new Proxy(port, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function' || name === 'arnOf') return method;
      return async (...args: unknown[]) => {
        const mine = ++count.calls === fault?.call;
        const lost = new CanaryError('Canary.Transient', `${String(name)}: the connection was lost`);
        if (mine && fault.when === 'before') throw lost;
        const answer: unknown = await Reflect.apply(method, target, args);
        if (mine) throw lost;
        return answer;
      };
    },
  });

const held = rollout(NAME, { ...input(), release: { ...input().release, attempt: 1 } });
const task = { rollout: held, generation: 1, now: at(5) };
const cause = { Error: 'Canary.RolledBack', Cause: 'x' };

/** Every step that writes to table or route, with what the machine sends it. */
const STEPS: Readonly<Record<string, (ports: Ports) => Promise<unknown>>> = {
  'a push is taken in': ({ store, executions }) =>
    startRequested(store, executions, input('6.0.3', at(2)), { retry: false, now: at(2) }),
  'Claim rollout': ({ store }) => claimRollout(store)({ rollout: held, now: at(0) }),
  'Take route': ({ store, router }) => takeRoute(store, router)(task),
  'Shift traffic': ({ store, router }) => shiftTraffic(store, router)({ ...task, weight: 20 }),
  'Record canary as safe': ({ store }) => recordPhase(store)({ ...task, phase: 'Promoting', safe: 'canary' }),
  'Record primary as safe': ({ store }) =>
    recordPhase(store)({ ...task, phase: 'Finalising', safe: 'primary' }),
  'Return traffic to primary': ({ store, router }) => shiftTraffic(store, router)({ ...task, weight: 0 }),
  'Roll back': ({ store, router }) => restoreTraffic(store, router)({ ...task, safe: 'primary', cause }),
  'Keep canary serving': ({ store, router }) =>
    restoreTraffic(store, router)({ ...task, safe: 'canary', cause }),
  'Finish rollout': ({ store, executions }) =>
    finishRollout(store, executions)({ ...task, outcome: 'promoted', reason: '', weight: 50 }),
  'Finish rollback': ({ store, executions }) =>
    finishRollout(store, executions)({ ...task, outcome: 'rolledBack', reason: 'x', weight: 50 }),
  'Finish failed promotion': ({ store, executions }) =>
    finishRollout(store, executions)({ ...task, outcome: 'failed', reason: 'x', weight: 50 }),
  'the watchdog rescues': async ({ store, router, executions }) => {
    const quiet = { retireCanary: async () => true, announce: async () => undefined };
    const ports: RescuePorts = { store, router, executions, ...quiet };
    for (const minute of [6, 7]) await watchService(ports, await store.read(SERVICE), at(minute));
  },
};

/** A rollout that has its claim and 5 %, while a newer release waits for it. */
const world = async () => {
  const store = new MemoryStore();
  const executions = new FakeExecutions();
  const router = new FakeRouter();
  await startRequested(store, executions, input('6.0.1', at(0)), { retry: false, now: at(0) });
  await store.update(SERVICE, (record) => claimService(record, held, at(0)));
  await startRequested(store, executions, input('6.0.2', at(1)), { retry: false, now: at(1) });
  await shiftTraffic(store, router)({ ...task, now: at(2), weight: 5 });
  executions.statuses.set(held.execution.arn, { status: 'ABORTED' });
  return { store, executions, router };
};

/** Runs a step until it succeeds, the first time with a fault, and tells all that lasts, and how many calls it took. */
const afterwards = async (step: string, fault?: Fault, again = false) => {
  const { store, executions, router } = await world();
  const count = { calls: 0 };
  const ports = {
    store: failing<RolloutStore>(store, count, fault),
    router: failing<TrafficRouter>(router, count, fault),
    executions: failing<Executions>(executions, count, fault),
  };
  const run = STEPS[step] as (of: Ports) => Promise<unknown>;
  await run(ports).catch(() => run(ports));
  if (again) await run(ports);
  const lasting = {
    // Whichever of the watchdog's two looks did it.
    record: JSON.parse(JSON.stringify(await store.read(SERVICE)).replaceAll('T00:06:', 'T00:07:')),
    summaries: new Set(store.summaries.map((summary) => JSON.stringify(summary))),
    started: [...executions.started.keys()],
    weights: router.weights,
    writes: router.written.length,
    owner: await router.owner(),
  };
  return { lasting, calls: count.calls };
};

describe('every step is safe to repeat (I5)', () => {
  test.each(Object.keys(STEPS))('"%s" run twice ends as when run once', async (step) => {
    const once = await afterwards(step);
    const twice = await afterwards(step, undefined, true);
    expect(twice.lasting).toEqual(once.lasting);
  });

  test.each(Object.keys(STEPS))(
    '"%s", cut off at any of its calls before or after the effect and run again, ends the same',
    async (step) => {
      const { lasting, calls } = await afterwards(step);
      expect(calls).toBeGreaterThan(0);
      for (let call = 1; call <= calls; call++)
        for (const when of ['before', 'after'] as const)
          expect([call, when, (await afterwards(step, { call, when })).lasting]).toEqual([
            call,
            when,
            lasting,
          ]);
    },
  );
});
