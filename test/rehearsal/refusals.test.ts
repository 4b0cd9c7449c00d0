import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LoadedScenario, loadScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import { rehearse } from '../../sandbox/rehearsal/run.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

const HEALTHY = join(import.meta.dirname, '../scenarios/promotion/by-push.yaml');
const IN_REPOSITORY = { account: '111122223333', region: 'eu-west-1' };

/** The first rollout of a healthy release, after `spoil` has changed what it meets. */
const refused = async (
  spoil: (sandbox: Sandbox) => unknown,
  loaded: LoadedScenario = loadScenario(HEALTHY),
) => {
  const { result, sandbox } = await rehearse(loaded, spoil);
  await sandbox.close();
  return { ...result, first: result.rollouts[0] };
};

const setTargets = (weightedTargets: readonly object[]) => (sandbox: Sandbox) =>
  sandbox.call(
    'appmesh',
    'UpdateRoute',
    {
      meshName: 'global',
      virtualRouterName: 'podinfo-router',
      routeName: 'podinfo',
      spec: { httpRoute: { match: { prefix: '/' }, action: { weightedTargets } } },
    },
    IN_REPOSITORY,
  );

describe.concurrent('a rollout that cannot go well is refused before anything is touched', () => {
  test('a route without the canary as a target', async () => {
    const { first, final } = await refused(setTargets([{ virtualNode: 'podinfo-primary', weight: 100 }]));
    expect(first).toMatchObject({ outcome: 'failed', error: 'Canary.Refused' });
    expect(first?.reason).toMatch(/route podinfo: has no target podinfo-canary/);
    expect(final).toMatchObject({ primaryVersion: '6.0.0', canaryReplicas: 0, locked: false });
  });

  test('a container that the Deployments do not have', async () => {
    const loaded = loadScenario(HEALTHY);
    const workload = { ...loaded.spec.workload, container: 'podinfod' };
    const { first, final } = await refused((sandbox) => {
      const { namespace, canary } = workload;
      const found = sandbox.kubernetes.get('deployment', namespace, canary);
      const spec = JSON.parse(JSON.stringify(found?.spec).replaceAll('"name":"podinfod"', '"name":"other"'));
      sandbox.kubernetes.apply({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: canary, namespace },
        spec,
      });
    }, loaded);
    expect(first).toMatchObject({ outcome: 'failed', error: 'Canary.Refused' });
    expect(first?.reason).toContain('podinfod');
    expect(final).toMatchObject({
      primaryVersion: '6.0.0',
      weights: { primary: 100, canary: 0 },
      locked: false,
    });
  });

  test('an image that is not in the repository starts no execution', async () => {
    const loaded = loadScenario(HEALTHY);
    const start = { at: 0, start: '9.9.9' };
    const { first } = await refused(
      (sandbox) =>
        sandbox.faults.arm({ call: 'ecr.DescribeImages', error: 'ImageNotFoundException', times: 9 }),
      { ...loaded, scenario: { ...loaded.scenario, timeline: [start] } },
    );
    expect(first).toMatchObject({ outcome: 'skipped', execution: null });
  });
});
