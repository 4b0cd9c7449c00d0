import { expect, test } from 'vitest';
import { kubernetesManifests } from '../../../../infra/kubernetes.ts';
import { kubernetesGroup } from '../../../../infra/names.ts';
import { checkWorkload } from '../../../../lambdas/check-workload.ts';
import { Annotation } from '../../../../lambdas/core/workload/annotations.ts';
import { deployCanary } from '../../../../lambdas/deploy-canary.ts';
import { promotePrimary } from '../../../../lambdas/promote-primary.ts';
import { retireCanary } from '../../../../lambdas/retire-canary.ts';
import { cel } from '../../../../sandbox/kubernetes/cel.ts';
import { input } from '../../../fakes/rollouts.ts';
import { autoscaler, startWorld } from './world.ts';

const { spec, target } = input('6.0.1');

/** podinfo, entered with the service's own group and what the generated manifests give it. */
const startBounded = (options = {}) =>
  startWorld({
    token: 'service',
    manifests: [autoscaler('podinfo-primary', 1, 10), ...kubernetesManifests({ spec, target })],
    options: {
      ...options,
      authenticate: (token: string | undefined) =>
        token === 'service'
          ? { user: 'podinfo', groups: [kubernetesGroup(spec), 'system:authenticated'] }
          : { user: 'admin', groups: ['system:masters'] },
    },
  });

test('the generated Role and admission policy are enough for a whole rollout (I8)', async () => {
  const world = await startBounded();
  expect((await checkWorkload(world.api)(world.task())).floor).toBe(4);
  const { pods } = await deployCanary(world.api)({ ...world.task(), weight: 50 });
  const ready = await world.untilReady('canary', pods);
  expect((await world.capacity(50, ready.pods)).ready).toBe(true);
  const promotion = await promotePrimary(world.api)(world.task());
  await world.untilReady('primary', promotion.pods);
  const { say } = await retireCanary(world.api)({ ...world.task(), outcome: 'promoted' });
  expect(say).toContain('podinfo is scaled to zero');
});

test.each([
  ['taken away', null],
  ['changed', { runAsNonRoot: false }],
])("a container's securityContext cannot be %s with the service's access", async (_, securityContext) => {
  const world = await startBounded({ cel });
  const set = (api: typeof world.api, context: object | null) =>
    api.patchDeployment('podinfo', {
      type: 'strategic',
      body: {
        spec: { template: { spec: { containers: [{ name: 'podinfod', securityContext: context }] } } },
      },
    });
  await set(world.apiAs('admin'), { runAsNonRoot: true });
  await expect(set(world.api, securityContext)).rejects.toMatchObject({
    name: 'Canary.Refused',
    message: expect.stringContaining('may not change securityContext of a container'),
  });
});

test('what an admission policy would refuse is found out before anything is written', async () => {
  // Expressions are not evaluated here: this policy refuses every image.
  const world = await startBounded({ cel: (expression: string) => !expression.includes('c.image.matches') });
  await expect(checkWorkload(world.api)(world.task())).rejects.toMatchObject({
    name: 'Canary.Refused',
    message: expect.stringMatching(/^workload.canary: .*may only set images of .*\nworkload.primary: /),
  });
  expect(world.named('podinfo').metadata.annotations).not.toHaveProperty(Annotation.Execution);
});
