import { describe, expect, test } from 'vitest';
import { checkWorkload } from '../../../../lambdas/check-workload.ts';
import { Annotation } from '../../../../lambdas/core/workload/annotations.ts';
import { deployCanary } from '../../../../lambdas/deploy-canary.ts';
import { promotePrimary } from '../../../../lambdas/promote-primary.ts';
import { retireCanary } from '../../../../lambdas/retire-canary.ts';
import { autoscaler, OLD_IMAGE, startWorld, type World } from './world.ts';

const deploy = (world: World, change: object = {}) =>
  deployCanary(world.api)({ ...world.task(), weight: 50, ...change });
const retire = (world: World, change: object = {}) =>
  retireCanary(world.api)({ ...world.task(), outcome: 'rolledBack', ...change });
const canary = (world: World) => world.named('podinfo');
const noted = (world: World, name = 'podinfo') => world.named(name).metadata.annotations ?? {};

/** What changes in a task of the next execution, that holds the next claim. */
const next = (world: World) => {
  const { execution } = world.rollout;
  const rollout = { ...world.rollout, execution: { ...execution, arn: `${execution.arn}-newer` } };
  return { rollout, generation: 2 };
};

describe('an execution that another one has followed', () => {
  test('changes neither canary nor primary any more, and is told by which annotation', async () => {
    const world = await startWorld();
    const { pods } = await deploy(world);
    await deploy(world, next(world));
    const fenced = { name: 'Canary.Fenced', message: expect.stringContaining('annotation stepcanary/') };
    await expect(deploy(world)).rejects.toMatchObject(fenced);
    await expect(world.capacity(100, pods)).rejects.toMatchObject(fenced);
    await expect(promotePrimary(world.api)(world.task())).rejects.toMatchObject(fenced);
  });

  test('retires nothing that is not its own, and lowers no floor that the other one holds', async () => {
    const world = await startWorld({ manifests: [autoscaler('podinfo-primary', 1, 10)] });
    await deploy(world);
    await deploy(world, next(world));
    await expect(retire(world)).resolves.toMatchObject({
      events: [],
      say: expect.stringMatching(/^Nothing to/),
    });
    await retire(world, { generation: 0 });
    expect(canary(world).spec.replicas).toBe(2);
    expect(world.limits('podinfo-primary')).toEqual([4, 10]);
  });

  test('deploys nothing after the other one has come and gone', async () => {
    const world = await startWorld();
    await deploy(world, next(world));
    await retire(world, next(world));
    expect(noted(world)[Annotation.Generation]).toBe('2');
    await expect(deploy(world)).rejects.toMatchObject({
      name: 'Canary.Fenced',
      message: expect.stringContaining('annotation stepcanary/generation'),
    });
    expect(canary(world).spec.replicas).toBe(0);
  });

  test('does not promote over a primary that the other one has changed', async () => {
    const world = await startWorld();
    await world.api.patchDeployment('podinfo-primary', {
      type: 'merge',
      body: { metadata: { annotations: { [Annotation.Generation]: '2' } } },
    });
    await deploy(world);
    await expect(promotePrimary(world.api)(world.task())).rejects.toMatchObject({ name: 'Canary.Fenced' });
    expect(world.named('podinfo-primary').spec.template.spec.containers[0]?.image).toBe(OLD_IMAGE);
  });
});

describe('a write that lands after the canary was retired', () => {
  test('brings no pods back, deployed before or not', async () => {
    for (const before of [deploy, async () => undefined]) {
      const world = await startWorld();
      await before(world);
      await retire(world);
      await expect(deploy(world)).rejects.toMatchObject({
        name: 'Canary.Fenced',
        message: expect.stringContaining('annotation stepcanary/retired'),
      });
      expect(canary(world).spec.replicas).toBe(0);
    }
  });

  test('does not grow it', async () => {
    const world = await startWorld();
    const { pods } = await deploy(world);
    await retire(world);
    await expect(world.capacity(100, pods)).rejects.toMatchObject({ name: 'Canary.Fenced' });
    expect(canary(world).spec.replicas).toBe(0);
  });

  test('of the next rollout is none: it deploys', async () => {
    const world = await startWorld();
    await deploy(world);
    await retire(world);
    await deploy(world, next(world));
    expect(canary(world).spec.replicas).toBe(2);
    expect(noted(world)).toMatchObject({ [Annotation.Generation]: '2' });
    expect(Object.keys(noted(world))).not.toContain(Annotation.Retired);
  });
});

describe('a canary that carries no release of ours', () => {
  test('keeps its pods when a rollout that never deployed is undone', async () => {
    const world = await startWorld();
    await world.api.patchDeployment('podinfo', { type: 'merge', body: { spec: { replicas: 3 } } });
    await retire(world);
    expect(canary(world).spec.replicas).toBe(3);
  });

  test('is known by its image where somebody took our annotations away', async () => {
    const world = await startWorld();
    await deploy(world);
    const gone = Object.fromEntries(Object.values(Annotation).map((name) => [name, null]));
    await world.api.patchDeployment('podinfo', { type: 'merge', body: { metadata: { annotations: gone } } });
    await retire(world);
    expect(canary(world).spec.replicas).toBe(0);
  });
});

test('without a number, as without the table, a canary is retired by its execution alone', async () => {
  const world = await startWorld();
  await deploy(world);
  await retire(world, { generation: 0 });
  expect(canary(world).spec.replicas).toBe(0);
  expect(noted(world)[Annotation.Generation]).toBe('1');
});

test('numbers that began anew, as with a new table, are refused before anything is touched, with the fix', async () => {
  const world = await startWorld();
  await deploy(world, next(world));
  await retire(world, next(world));
  await expect(checkWorkload(world.api)(world.task())).rejects.toMatchObject({
    name: 'Canary.Refused',
    message: expect.stringContaining('kubectl annotate deployment/podinfo stepcanary/generation-'),
  });
});

test('what the API server made of the template is what was tested, a mutating webhook’s additions included', async () => {
  const world = await startWorld();
  const patchDeployment = world.api.patchDeployment.bind(world.api);
  // Adds to every template that is written, as an admission webhook does.
  world.api.patchDeployment = async (name, patch, options) => {
    const changed = await patchDeployment(name, patch, options);
    if (name !== 'podinfo' || patch.type !== 'strategic') return changed;
    const template = { metadata: { annotations: { 'webhook.example/added': 'yes' } } };
    return patchDeployment(name, { type: 'merge', body: { spec: { template } } });
  };
  const { pods } = await world.untilReady('canary', (await deploy(world)).pods);
  await expect(world.capacity(50, pods)).resolves.toMatchObject({ ready: true });
  const { pods: all } = await world.untilReady('canary', (await world.capacity(100, pods)).pods);
  await world.capacity(100, all);
  await expect(promotePrimary(world.api)(world.task())).resolves.toMatchObject({
    events: [{ phase: 'Promoting' }],
  });
});
