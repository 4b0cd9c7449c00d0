import { expect, test } from 'vitest';
import { stepHooks } from '../../../../lambdas/core/hooks/tick-hooks.ts';
import { HOOK_TYPES } from '../../../../lambdas/core/spec/hooks.ts';
import type { Strategy } from '../../../../lambdas/core/spec/strategy-schema.ts';
import { FakeHooks } from '../../../fakes/fake-hooks.ts';
import { input, rollout, spec } from '../../../fakes/rollouts.ts';

const hooks = HOOK_TYPES.map((type) => ({ name: type, type, url: 'https://hooks.example.com/' }));
const canary: Strategy = { canary: { stepWeight: 5, maxWeight: 50 } };
const blueGreen: Strategy = { blueGreen: { iterations: 2, countUnrouted: false } };
const ab: Strategy = { ab: { iterations: 2, match: [{ headers: { 'x-canary': { exact: 'yes' } } }] } };

/** As in Flagger 1.44 (pkg/controller/scheduler.go: runCanary, runAB, runBlueGreen). */
test.each([
  ['canary', canary, 'rollout', ['confirm-rollout']],
  ['canary', canary, 5, ['confirm-traffic-increase']],
  ['canary', canary, 'promotion', ['confirm-traffic-increase', 'confirm-promotion']],
  ['A/B', ab, 100, []],
  ['A/B', ab, 'promotion', ['confirm-promotion']],
  ['blue/green before its tests', blueGreen, 0, []],
  ['blue/green before its switch', blueGreen, 100, ['confirm-promotion']],
  ['blue/green', blueGreen, 'promotion', ['confirm-promotion']],
] as const)('%s: %o before %s asks %o', async (_, strategy, step, asked) => {
  const fake = new FakeHooks();
  const of = rollout('podinfo-6.0.1-362e302e-prod-eu-1', {
    ...input(),
    spec: { ...spec(() => ({ ...spec(), hooks })), strategy },
  });
  await stepHooks(fake, of, step, { now: '2026-01-01T00:00:00Z', phase: 'Progressing' });
  expect(fake.names).toEqual(asked);
});
