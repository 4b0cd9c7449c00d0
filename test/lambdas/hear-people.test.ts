import { beforeEach, describe, expect, test } from 'vitest';
import { claimRollout } from '../../lambdas/claim-rollout.ts';
import { applyCommand } from '../../lambdas/core/claim/command.ts';
import type { Command } from '../../lambdas/core/record.ts';
import { hearPeople } from '../../lambdas/hear-people.ts';
import { recordPhase } from '../../lambdas/record-phase.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { input, rollout, spec } from '../fakes/rollouts.ts';

const SERVICE = 'podinfo@prod-eu';
const NOW = '2026-01-01T00:00:00.000Z';
const held = rollout('podinfo-6.0.1-362e302e-prod-eu-1');
const base = { rollout: held, generation: 1, now: NOW };

let store: MemoryStore;
beforeEach(async () => {
  store = new MemoryStore();
  await claimRollout(store)({ rollout: held, now: NOW });
});
const tell = (command: Command['command']) =>
  store.update(SERVICE, (record) => applyCommand(record, { service: SERVICE, command, by: 'ana', at: NOW }));
const promoting = () => recordPhase(store)({ ...base, phase: 'Promoting', safe: 'canary' });

describe('while pods start and nothing is judged', () => {
  test('an abort undoes the rollout, with who said so as the reason', async () => {
    await tell('abort');
    await expect(hearPeople(store)(base)).resolves.toMatchObject({
      decision: 'rollBack',
      reason: 'aborted by ana',
    });
  });

  test('a newer release takes its place, where the spec lets it', async () => {
    await store.update(SERVICE, (record) => ({
      record: { ...record, pending: input('6.0.2') },
      answer: undefined,
    }));
    await expect(hearPeople(store)(base)).resolves.toMatchObject({ decision: 'hold' });
    const supersede = { ...held, spec: spec((written) => ({ ...written, onNewer: 'supersede' })) };
    await expect(hearPeople(store)({ ...base, rollout: supersede })).resolves.toMatchObject({
      decision: 'supersede',
      reason: 'superseded by 6.0.2',
    });
  });

  test('a pause is kept for when they are there', async () => {
    await tell('pause');
    await expect(hearPeople(store)(base)).resolves.toMatchObject({ decision: 'hold', paused: true });
  });

  test('an execution that lost its claim hears nobody', async () => {
    await store.update(SERVICE, (record) => ({ record: { ...record, generation: 2 }, answer: undefined }));
    await expect(hearPeople(store)(base)).rejects.toMatchObject({ name: 'Canary.Fenced' });
  });
});

describe('an abort and the change of the primary', () => {
  test('the abort came first: the primary is not touched, and the canary is not the safe side', async () => {
    await tell('abort');
    await expect(promoting()).rejects.toMatchObject({ name: 'Canary.Aborted', message: 'aborted by ana' });
    expect((await store.read(SERVICE)).claim?.safe).toBe('primary');
  });

  test('the change came first: who aborts is told what happens, and what they can do', async () => {
    await promoting();
    await expect(tell('abort')).rejects.toMatchObject({
      name: 'Canary.InvalidInput',
      message: expect.stringContaining('Stopping the execution leaves all traffic on the canary'),
    });
    expect((await store.read(SERVICE)).command).toBeUndefined();
  });
});
