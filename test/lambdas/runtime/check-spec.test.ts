import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { rollout, spec } from '../../fakes/rollouts.ts';

const definition = JSON.parse(
  readFileSync(new URL('../../../statemachine/rollout.asl.json', import.meta.url), 'utf8'),
) as { StartAt: string; States: Record<string, { Arguments?: { FunctionName?: string } }> };

test('the machine’s first task refuses a spec that does not parse, with all that is wrong', async () => {
  expect(JSON.stringify(definition.States[definition.StartAt])).toContain('ClaimRolloutFunctionArn');
  const held = rollout('podinfo-6.0.1-362e302e-prod-eu-1');
  const wrong = { ...spec(), service: 'Podinfo', capacity: 'most' };
  vi.stubEnv('LOG_LEVEL', 'SILENT');
  const { handler } = await import('../../../lambdas/claim-rollout.ts');
  const context = { invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:claim-rollout:1' };
  const claiming = handler(
    { rollout: { ...held, spec: wrong }, now: '2026-01-01T00:00:00Z' },
    context as never,
  );
  await expect(claiming).rejects.toMatchObject({
    name: 'Canary.InvalidInput',
    message: expect.stringMatching(/^the spec in the input is wrong: service: .*; capacity: /),
  });
});
