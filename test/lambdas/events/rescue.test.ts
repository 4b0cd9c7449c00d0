import { describe, expect, test } from 'vitest';
import { amendClaim, claimService } from '../../../lambdas/core/claim/claim.ts';
import { CanaryError } from '../../../lambdas/core/errors.ts';
import type { RescuePorts } from '../../../lambdas/core/safety/ports.ts';
import { rescueExecution, type StatusChange } from '../../../lambdas/events/rescue.ts';
import { FakeExecutions } from '../../fakes/fake-executions.ts';
import { FakeRouter } from '../../fakes/fake-router.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { input, rollout } from '../../fakes/rollouts.ts';

const NOW = '2026-01-01T00:01:00.000Z';
const HELD = ['Shift traffic', 'Take route', 'Check before touching', 'Claim rollout'];

/** A rollout of the service holds it at 20 %; `ended` tells of an execution, that one when not named otherwise. */
const world = async () => {
  const store = new MemoryStore();
  const executions = new FakeExecutions();
  const router = new FakeRouter();
  router.weights = { primary: 80, canary: 20 };
  const holder = rollout('holder');
  await store.update(holder.service, (record) => claimService(record, holder, NOW));
  await store.update(holder.service, (record) =>
    amendClaim(record, { execution: holder.execution.arn }, { phase: 'Progressing', intent: 20 }),
  );
  executions.entered = HELD;
  const ports: RescuePorts = {
    store,
    executions,
    router,
    retireCanary: async () => true,
    announce: async () => {},
  };
  const ended = (detail: Partial<StatusChange['detail']> = {}, name = 'holder') =>
    rescueExecution(() => ports)({
      time: NOW,
      detail: {
        executionArn: executions.arnOf(name),
        status: 'FAILED',
        input: JSON.stringify(input()),
        ...detail,
      },
    }).catch((error: Error) => error.message);
  return { store, executions, router, ended };
};

describe('with the table away', () => {
  test.each([
    'Canary.Busy',
    'Canary.Refused',
    'Canary.Fenced',
    'Canary.Rejected',
    'Canary.Superseded',
    'Canary.RolledBack',
    'Canary.PromotionFailed',
  ])('an execution that ended with %s moves no traffic of the rollout that runs', async (error) => {
    const { store, router, ended } = await world();
    store.fails = new CanaryError('Canary.Transient', 'DynamoDB is away');
    await ended({ error }, 'another');
    expect(router.weights.canary).toBe(20);
  });

  test('an execution that never got past its preflight moves no traffic', async () => {
    const { store, executions, router, ended } = await world();
    store.fails = new CanaryError('Canary.Transient', 'DynamoDB is away');
    executions.entered = ['Check before touching', 'Claim rollout'];
    await ended({ status: 'ABORTED' }, 'another');
    expect(router.weights.canary).toBe(20);
  });

  test.each([
    new CanaryError('Canary.Transient', 'DynamoDB is away'),
    Object.assign(new Error('no such table'), { name: 'ResourceNotFoundException' }),
    new SyntaxError('Unexpected token in JSON'),
  ])(
    'one that was stopped while it held the service is made safe, whatever the read failed with: %s',
    async (failure) => {
      const { store, router, ended } = await world();
      store.fails = failure;
      await ended({ status: 'ABORTED' });
      expect(router.weights).toEqual({ primary: 100, canary: 0 });
    },
  );
});

test('an execution that holds nothing moves no traffic', async () => {
  const { router, ended } = await world();
  await expect(ended({ status: 'ABORTED' }, 'another')).resolves.toContain('nothing to rescue');
  expect(router.weights.canary).toBe(20);
});

test('an execution whose record was lost with the table is made safe by its history', async () => {
  const { store, router, ended } = await world();
  store.records.clear();
  await ended({ status: 'ABORTED' });
  expect(router.weights).toEqual({ primary: 100, canary: 0 });
});

test.each(['{}', 'null', '{"service":"podinfo@prod-eu"}'])(
  'an input of %s is no rollout, and no fault either',
  async (text) => {
    const { router, ended } = await world();
    await expect(ended({ input: text })).resolves.toContain('had no rollout as its input');
    expect(router.weights.canary).toBe(20);
  },
);
