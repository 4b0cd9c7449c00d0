import { expect, test } from 'vitest';
import { Annotation } from '../../../../lambdas/core/workload/annotations.ts';
import { deployCanary } from '../../../../lambdas/deploy-canary.ts';
import { readWorkload } from '../../../../lambdas/events/read-workload.ts';
import { promotePrimary } from '../../../../lambdas/promote-primary.ts';
import { retireCanary } from '../../../../lambdas/retire-canary.ts';
import { autoscaler, EXECUTION, OLD_IMAGE, startWorld, type World } from './world.ts';

const deployed = async (world: World, weight = 50) =>
  (await deployCanary(world.api)({ ...world.task(), weight })).pods;
const imageOf = (world: World, name: string) => world.named(name).spec.template.spec.containers[0]?.image;

test('a release is deployed with the pods for its share, promoted whole and retired', async () => {
  const world = await startWorld();
  const image = world.rollout.release.image;
  const { pods, events } = await deployCanary(world.api)({ ...world.task(), weight: 50 });
  expect(events).toEqual([{ phase: 'Progressing', text: 'New revision detected! Scaling up podinfo.test' }]);
  expect(world.named('podinfo').spec.replicas).toBe(2);
  expect(imageOf(world, 'podinfo')).toBe(image);
  expect(world.named('podinfo').metadata.annotations).toMatchObject({
    [Annotation.PreviousImage]: OLD_IMAGE,
    [Annotation.ChangeCause]: `stepcanary: 6.0.1, execution ${EXECUTION}`,
  });

  const started = await world.untilReady('canary', pods);
  expect(started.events).toEqual([]);
  const half = await world.capacity(50, started.pods);
  expect(half.ready).toBe(true);
  const all = await world.capacity(100, half.pods);
  expect(all.ready).toBe(false);
  expect(world.named('podinfo').spec.replicas).toBe(4);
  const grown = await world.untilReady('canary', all.pods);
  expect((await world.capacity(100, grown.pods)).ready).toBe(true);

  const promotion = await promotePrimary(world.api)(world.task());
  expect(promotion.events).toEqual([
    { phase: 'Promoting', text: 'Copying podinfo.test template spec to podinfo-primary.test' },
  ]);
  await world.untilReady('primary', promotion.pods);
  expect(imageOf(world, 'podinfo-primary')).toBe(image);
  const retired = await retireCanary(world.api)({ ...world.task(), outcome: 'promoted' });
  expect(retired.events).toEqual([
    { phase: 'Succeeded', text: 'Promotion completed! Scaling down podinfo.test' },
  ]);
  await world.advance(60);
  expect(world.readyPods('test', { deployment: 'podinfo' })).toHaveLength(0);
  expect(world.readyPods('test', { deployment: 'podinfo-primary' })).toHaveLength(4);
});

test('what is waited for is told once, in the words of Flagger', async () => {
  const world = await startWorld();
  const { pods } = await deployCanary(world.api)({ ...world.task(), weight: 50 });
  const unseen = await world.capacity(50, pods);
  const text = 'waiting for rollout to finish: observed deployment generation less than desired generation';
  expect(unseen.events).toEqual([
    { phase: 'Progressing', text: `canary deployment podinfo.test not ready: ${text}` },
  ]);
  await world.advance(1);
  const first = await world.capacity(50, unseen.pods);
  expect(first.events).toEqual([
    {
      phase: 'Progressing',
      text: 'canary deployment podinfo.test not ready: waiting for rollout to finish: 0 of 2 (readyThreshold 100%) updated replicas are available',
    },
  ]);
  expect((await world.capacity(50, first.pods)).events).toEqual([]);
});

test.each([1, 2])('steps whose answer was lost end the same when repeated (answer %i)', async (lost) => {
  const world = await startWorld({ manifests: [autoscaler('podinfo-primary', 1, 10)] });
  const repeated = async (step: () => Promise<unknown>) => {
    const call = lost === 1 ? 'kubernetes.patch.deployments' : 'kubernetes.patch.horizontalpodautoscalers';
    world.faults.arm({ call, error: 'reset', when: 'after' });
    await step().catch((error: Error) => expect(error.name).toBe('Canary.Transient'));
    world.faults.take(call);
    return step();
  };
  await repeated(() => deployCanary(world.api)({ ...world.task(), weight: 50 }));
  const pods = await deployed(world);
  expect(world.named('podinfo').metadata.annotations?.[Annotation.PreviousImage]).toBe(OLD_IMAGE);
  await world.untilReady('canary', pods);
  await repeated(() => promotePrimary(world.api)(world.task()));
  const generation = world.named('podinfo-primary').metadata.generation;
  const again = await promotePrimary(world.api)(world.task());
  expect(world.named('podinfo-primary').metadata.generation).toBe(generation);
  await world.untilReady('primary', again.pods);
  await repeated(() => retireCanary(world.api)({ ...world.task(), outcome: 'promoted' }));
  await retireCanary(world.api)({ ...world.task(), outcome: 'promoted' });
  expect(world.named('podinfo').spec.replicas).toBe(0);
  expect(world.limits('podinfo-primary')).toEqual([1, 10]);
  expect(Object.keys(world.named('podinfo').metadata.annotations ?? {})).not.toContain(Annotation.Execution);
});

test('a failed promotion leaves the canary and the floor; a rollout that never reached the cluster touches nothing', async () => {
  const world = await startWorld();
  await deployed(world);
  const failed = await retireCanary(world.api)({ ...world.task(), outcome: 'failed' });
  expect(failed.events).toEqual([]);
  expect(world.named('podinfo').spec.replicas).toBe(2);
  const { cluster: _, ...task } = world.task();
  expect((await retireCanary(undefined)({ ...task, outcome: 'rolledBack' })).say).toContain(
    'Nothing to retire',
  );
});

test.each(['crash-loop', 'image-pull'])(
  'fails with container, reason and image when pods end in %s',
  async (fate) => {
    const world = await startWorld();
    const release = { ...world.rollout.release, image: `registry/podinfo:${fate}@sha256:${'c'.repeat(64)}` };
    const task = { ...world.task(), rollout: { ...world.rollout, release }, weight: 5 };
    const { pods } = await deployCanary(world.api)(task);
    await expect(world.untilReady('canary', pods, 30)).rejects.toMatchObject({
      name: 'Canary.PodsFailed',
      message: expect.stringMatching(
        new RegExp(
          `canary deployment podinfo\\.test not ready: container podinfod of pod podinfo-.*${release.image}`,
        ),
      ),
    });
  },
);

test('a template that was changed after its test is not promoted', async () => {
  const world = await startWorld();
  const { pods } = await world.untilReady('canary', await deployed(world));
  const env = [{ name: 'podinfod', env: [{ name: 'COLOUR', value: 'red' }] }];
  await world.api.patchDeployment('podinfo', {
    type: 'strategic',
    body: { spec: { template: { spec: { containers: env } } } },
  });
  const superseded = { name: 'Canary.PodsFailed', message: expect.stringContaining('superseded') };
  await expect(world.capacity(100, pods)).rejects.toMatchObject(superseded);
  await expect(promotePrimary(world.api)(world.task())).rejects.toMatchObject(superseded);
  expect(imageOf(world, 'podinfo-primary')).toBe(OLD_IMAGE);
});

test('a conflict is read and decided again, and given up after five tries', async () => {
  const world = await startWorld();
  const conflict = { call: 'kubernetes.patch.deployments', error: 'Conflict' };
  world.faults.arm({ ...conflict, times: 4 });
  await deployed(world);
  expect(world.named('podinfo').spec.replicas).toBe(2);
  world.faults.arm({ ...conflict, times: 5 });
  await expect(promotePrimary(world.api)(world.task())).rejects.toMatchObject({
    name: 'Canary.Transient',
    message: expect.stringContaining('5 tries'),
  });
});

test('what the primary runs is read by digest: as written, else as its pods say', async () => {
  const world = await startWorld();
  const question = { input: world.rollout, cluster: world.task().cluster };
  expect(await readWorkload(world.api)(question)).toMatchObject({
    image: OLD_IMAGE,
    digest: `sha256:${'a'.repeat(64)}`,
    canary: { byRollout: false },
  });
  await world.untilReady('canary', await deployed(world));
  await promotePrimary(world.api)(world.task());
  expect(await readWorkload(world.api)(question)).toMatchObject({
    image: world.rollout.release.image,
    digest: world.rollout.release.digest,
    canary: { image: world.rollout.release.image, byRollout: true },
  });
});

test('how pods roll is copied with the template', async () => {
  const world = await startWorld();
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } };
  await world.api.patchDeployment('podinfo', {
    type: 'merge',
    body: { spec: { strategy, minReadySeconds: 7 } },
  });
  await world.untilReady('canary', await deployed(world));
  await promotePrimary(world.api)(world.task());
  expect(world.named('podinfo-primary').spec).toMatchObject({ strategy, minReadySeconds: 7 });
});
