import { describe, expect, test } from 'vitest';
import { kubernetesManifests } from '../../../../infra/kubernetes.ts';
import { kubernetesGroup } from '../../../../infra/names.ts';
import { checkWorkload } from '../../../../lambdas/check-workload.ts';
import { CanaryError } from '../../../../lambdas/core/errors.ts';
import type { ConfigObject } from '../../../../lambdas/core/workload/config/content.ts';
import { configReferences } from '../../../../lambdas/core/workload/config/references.ts';
import type { ClusterApi } from '../../../../lambdas/core/workload/ports.ts';
import { deployCanary } from '../../../../lambdas/deploy-canary.ts';
import { readWorkload } from '../../../../lambdas/events/read-workload.ts';
import { matchCapacity } from '../../../../lambdas/match-capacity.ts';
import { promotePrimary } from '../../../../lambdas/promote-primary.ts';
import { retireCanary } from '../../../../lambdas/retire-canary.ts';
import { cel } from '../../../../sandbox/kubernetes/cel.ts';
import { input, spec as specOf } from '../../../fakes/rollouts.ts';
import { manifest, OLD_IMAGE, startWorld } from './world.ts';

const spec = specOf((it) => ({
  ...it,
  workload: { ...it.workload, configTracking: { secrets: ['podinfo-token'] } },
}));
const { target } = input('6.0.1');

const reading = (config = 'podinfo-config', token = 'podinfo-token') => ({
  pod: {
    containers: [{ name: 'podinfod', image: OLD_IMAGE, envFrom: [{ configMapRef: { name: config } }] }],
    volumes: [{ name: 'token', secret: { secretName: token } }],
  },
});
const base64 = (text: string) => Buffer.from(text).toString('base64');
const configMap = (name: string, color: string, metadata = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'test', ...metadata },
  data: { color },
});
const secret = (token: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'podinfo-token', namespace: 'test' },
  type: 'Opaque',
  data: { token: base64(token) },
});

/** podinfo with a ConfigMap in its environment and a Secret as a volume, entered with the service's own access. */
const startConfigured = async (more: object[] = []) => {
  const world = await startWorld({
    token: 'service',
    manifests: [
      configMap('podinfo-config', 'red'),
      secret('first'),
      manifest('podinfo-primary', 4, reading()),
      manifest('podinfo', 0, reading()),
      ...kubernetesManifests({ spec, target }),
      ...more,
    ],
    options: {
      cel,
      authenticate: (token: string | undefined) =>
        token === 'service'
          ? { user: 'podinfo', groups: [kubernetesGroup(spec), 'system:authenticated'] }
          : { user: 'admin', groups: ['system:masters'] },
    },
  });
  const release = { ...input('6.0.1').release, image: `${repository}:6.0.1@sha256:${'a'.repeat(64)}` };
  /** Each claim is another execution's. */
  const task = (generation = 1) => {
    const { rollout, ...rest } = world.task();
    const execution = { ...rollout.execution, arn: `${rollout.execution.arn}-${generation}` };
    return { ...rest, generation, rollout: { ...rollout, execution, spec, release } };
  };
  const dataOf = (kind: string, name: string) =>
    (world.cluster.get(kind, 'test', name) as unknown as ConfigObject | undefined)?.data;
  const readNames = () =>
    configReferences(world.named('podinfo-primary').spec.template).map(({ name }) => name);
  const deploy = async (generation = 1) => {
    const { pods } = await deployCanary(world.api)({ ...task(generation), weight: 50 });
    return world.untilReady('canary', pods);
  };
  return { ...world, task, dataOf, readNames, deploy };
};
const repository = `${target.account}.dkr.ecr.${target.region}.amazonaws.com/podinfo`;

describe('promotion with configuration', () => {
  test('copies what was tested, within what the generated Role and policies allow (I8)', async () => {
    const world = await startConfigured();
    const { say } = await checkWorkload(world.api)(world.task());
    expect(say).toContain('ConfigMap/podinfo-config and Secret/podinfo-token are part of the release');
    expect(world.dataOf('configmap', 'podinfo-config-primary')).toBeUndefined();
    await world.deploy();
    await promotePrimary(world.api)(world.task());
    expect(world.readNames()).toEqual(['podinfo-config-primary', 'podinfo-token-primary']);
    expect(world.dataOf('configmap', 'podinfo-config-primary')).toEqual({ color: 'red' });
    expect(world.dataOf('secret', 'podinfo-token-primary')).toEqual({ token: base64('first') });
  });

  test('writes the next configuration where the present pods do not read', async () => {
    const world = await startConfigured();
    await world.deploy();
    await promotePrimary(world.api)(world.task());
    await retireCanary(world.api)({ ...world.task(), outcome: 'promoted' });
    world.cluster.apply(configMap('podinfo-config', 'blue'));
    await world.deploy(2);
    await promotePrimary(world.api)(world.task(2));
    expect(world.readNames()).toEqual(['podinfo-config-primary-2', 'podinfo-token-primary']);
    expect(world.dataOf('configmap', 'podinfo-config-primary')).toEqual({ color: 'red' });
    expect(world.dataOf('configmap', 'podinfo-config-primary-2')).toEqual({ color: 'blue' });
  });

  test('leaves alone what others have made under the name of a copy', async () => {
    const world = await startConfigured([configMap('podinfo-config-primary', 'somebody’s')]);
    await world.deploy();
    await promotePrimary(world.api)(world.task());
    expect(world.readNames()[0]).toBe('podinfo-config-primary-2');
    expect(world.dataOf('configmap', 'podinfo-config-primary')).toEqual({ color: 'somebody’s' });
  });

  test('ends the same when it is cut off at any call and run again (I5)', async () => {
    const promoted = async (fault?: { call: number; after: boolean }) => {
      const world = await startConfigured();
      await world.deploy();
      let calls = 0;
      const failing = new Proxy(world.api, {
        get:
          (api, name) =>
          async (...args: unknown[]) => {
            const mine = ++calls === fault?.call;
            const lost = new CanaryError('Canary.Transient', `${String(name)}: the connection was lost`);
            if (mine && !fault.after) throw lost;
            const answer: unknown = await Reflect.apply(Reflect.get(api, name) as () => unknown, api, args);
            if (mine) throw lost;
            return answer;
          },
      }) as unknown as ClusterApi;
      const run = () => promotePrimary(failing)(world.task());
      await run().catch(run);
      return {
        calls,
        lasting: [
          world.readNames(),
          world.dataOf('configmap', 'podinfo-config-primary'),
          world.dataOf('secret', 'podinfo-token-primary'),
          world.dataOf('configmap', 'podinfo-config-primary-2'),
        ],
      };
    };
    const whole = await promoted();
    for (let call = 1; call <= whole.calls; call++)
      for (const after of [false, true])
        expect([call, after, (await promoted({ call, after })).lasting]).toEqual([
          call,
          after,
          whole.lasting,
        ]);
  }, 300_000);

  test('is refused when the configuration is no more what was tested', async () => {
    const world = await startConfigured();
    const { pods } = await world.deploy();
    world.cluster.apply(configMap('podinfo-config', 'blue'));
    const superseded = { name: 'Canary.PodsFailed', message: expect.stringContaining('superseded: ') };
    await expect(promotePrimary(world.api)(world.task())).rejects.toMatchObject(superseded);
    await expect(matchCapacity(world.api)({ ...world.task(), weight: 50, pods })).rejects.toMatchObject(
      superseded,
    );
    expect(world.readNames()).toEqual(['podinfo-config', 'podinfo-token']);
  });
});

describe('what the canary would read', () => {
  const seen = async (world: Awaited<ReturnType<typeof startConfigured>>) =>
    (await readWorkload(world.api)({ input: { ...input('6.0.1'), spec }, cluster: world.task().cluster }))
      .canary;

  test('is news when a value changed since a rollout, and no more when it is put back', async () => {
    const world = await startConfigured();
    await world.deploy();
    await promotePrimary(world.api)(world.task());
    expect(await seen(world)).toMatchObject({ byRollout: true, asPrimary: true });
    world.cluster.apply(configMap('podinfo-config', 'blue'));
    expect(await seen(world)).toMatchObject({ byRollout: false, asPrimary: false });
    world.cluster.apply(configMap('podinfo-config', 'red', { labels: { touched: 'yes' } }));
    expect(await seen(world)).toMatchObject({ byRollout: true, asPrimary: true });
  });

  test('is never told by a Secret’s value', async () => {
    const world = await startConfigured();
    const answers = JSON.stringify([await seen(world), await checkWorkload(world.api)(world.task())]);
    expect(answers).not.toContain('first');
    expect(answers).not.toContain(base64('first'));
  });

  test.each(['stepcanary/config-tracking', 'flagger.app/config-tracking'])(
    'leaves out what says %s: disabled',
    async (name) => {
      const world = await startConfigured([
        configMap('podinfo-config', 'red', { annotations: { [name]: 'disabled' } }),
      ]);
      await world.deploy();
      await promotePrimary(world.api)(world.task());
      expect(world.readNames()).toEqual(['podinfo-config', 'podinfo-token-primary']);
    },
  );
});

describe('a preflight of configuration', () => {
  test('says what is missing, before anything is written', async () => {
    const world = await startConfigured([manifest('podinfo', 0, reading('nowhere'))]);
    await expect(checkWorkload(world.api)(world.task())).rejects.toMatchObject({
      name: 'Canary.Refused',
      message: expect.stringMatching(
        /^workload.configTracking: podinfo reads ConfigMap nowhere, which is not in namespace test; create it/m,
      ),
    });
  });

  test('says which Secrets are left out, and which are named in vain', async () => {
    const other = reading('podinfo-config', 'other');
    const world = await startConfigured([
      { ...secret('first'), metadata: { name: 'other', namespace: 'test' } },
      manifest('podinfo-primary', 4, other),
      manifest('podinfo', 0, other),
    ]);
    const { say } = await checkWorkload(world.api)(world.task());
    expect(say).toContain(
      'ConfigMap/podinfo-config is part of the release; Secret/other not: both sides read the same',
    );
    expect(say).toContain('workload.configTracking names Secret/podinfo-token, which no pod reads');
  });

  test('names the manifests to apply when the Role is one of before', async () => {
    const before = { ...spec, workload: { ...spec.workload, configTracking: false } };
    const world = await startConfigured([...kubernetesManifests({ spec: before, target })]);
    await expect(checkWorkload(world.api)(world.task())).rejects.toMatchObject({
      name: 'Canary.Refused',
      message: expect.stringMatching(
        /^workload.configTracking: configmaps "podinfo-config" is forbidden: .*SERVICE@TARGET.yaml.*configTracking: false$/m,
      ),
    });
  });
});

test('with the service’s access no ConfigMap or Secret but its own copies can be written', async () => {
  const world = await startConfigured();
  const body = (name: string, annotations: object) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, annotations },
    data: { color: 'black' },
  });
  const mark = { 'stepcanary/copy-of': 'podinfo-config', 'stepcanary/service': 'podinfo@prod-eu' };
  const refused = (name: string, annotations: object) =>
    expect(
      world.api.applyConfig('ConfigMap', name, body(name, annotations), { force: true }),
    ).rejects.toMatchObject({
      name: 'Canary.Refused',
    });
  await refused('podinfo-config', mark);
  await refused('podinfo-config-primary', {});
  await refused('podinfo-config-primary', { ...mark, 'stepcanary/service': 'orders@prod-eu' });
  world.cluster.apply(configMap('podinfo-config-primary-2', 'somebody’s'));
  await refused('podinfo-config-primary-2', mark);
  await world.api.applyConfig('ConfigMap', 'podinfo-config-primary', body('podinfo-config-primary', mark));
  await expect(world.api.applyConfig('Secret', 'other-primary', {})).rejects.toMatchObject({
    name: 'Canary.AccessDenied',
  });
});

test.each([
  ['another Secret', { secret: { secretName: 'database' } }],
  ['another Secret among several sources', { projected: { sources: [{ secret: { name: 'database' } }] } }],
  ['a folder of the node', { hostPath: { path: '/' } }],
])('with the service’s access a volume cannot show %s', async (_, volume) => {
  const world = await startConfigured();
  const shown = (name: string, source: object) =>
    world.api.patchDeployment(name, {
      type: 'json',
      body: [{ op: 'replace', path: '/spec/template/spec/volumes', value: [{ name: 'token', ...source }] }],
    });
  await expect(shown('podinfo-primary', volume)).rejects.toMatchObject({
    name: 'Canary.Refused',
    message: expect.stringContaining('may not change volumes'),
  });
  await shown('podinfo-primary', { secret: { secretName: 'podinfo-token-primary' } });
  await shown('podinfo-primary', { secret: { secretName: 'podinfo-token-primary-2' } });
});
