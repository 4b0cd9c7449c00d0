import { describe, expect, test } from 'vitest';
import { amendClaim, claimService } from '../../../lambdas/core/claim/claim.ts';
import { watchServices } from '../../../lambdas/events/watchdog.ts';
import { FakeExecutions } from '../../fakes/fake-executions.ts';
import { FakeRouter } from '../../fakes/fake-router.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { input, rollout } from '../../fakes/rollouts.ts';

const minute = (at: number) => new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString();

/** So many services that roll, by the names `s0`, `s1` …; `broken` cannot be looked after. */
const world = async (count: number, broken: readonly string[] = []) => {
  const store = new MemoryStore();
  const executions = new FakeExecutions();
  for (let index = 0; index < count; index++) {
    const service = `s${index}@prod-eu`;
    const held = rollout(service, { ...input(), service });
    await store.update(service, (record) => claimService(record, held, minute(0)));
    await store.update(service, (record) =>
      amendClaim(record, { execution: held.execution.arn }, { phase: 'Progressing' }),
    );
    executions.statuses.set(held.execution.arn, { status: 'RUNNING' });
  }
  const seen: string[] = [];
  const failed: string[] = [];
  const watch = watchServices({
    store,
    portsFor: ({ service }) => {
      if (broken.includes(service)) throw new Error(`no role for ${service}`);
      const quiet = { retireCanary: async () => true, announce: async () => undefined };
      return { store, executions, router: new FakeRouter(), ...quiet };
    },
    saw: (service) => void seen.push(service),
    failed: (service, error) => void failed.push(`${service}: ${error.message}`),
  });
  return { watch, seen, failed };
};

describe('the watchdog', () => {
  test('says of each service that it could not be looked after, and looks after the others', async () => {
    const { watch, seen, failed } = await world(3, ['s1@prod-eu']);
    await watch(minute(0));
    expect([seen.sort(), failed]).toEqual([
      ['s0@prod-eu', 's2@prod-eu'],
      ['s1@prod-eu: no role for s1@prod-eu'],
    ]);
  });

  test('begins with another service each minute, so that slow ones keep nobody from being seen for long', async () => {
    const { watch, seen } = await world(12);
    await watch(minute(0));
    const first = seen.splice(0)[0];
    await watch(minute(1));
    expect([first, seen[0]]).toEqual(['s0@prod-eu', 's10@prod-eu']);
    expect(new Set(seen).size).toBe(12);
  });

  test('sees many services, each once', async () => {
    const { watch, seen } = await world(25);
    await watch(minute(7));
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
  });
});
