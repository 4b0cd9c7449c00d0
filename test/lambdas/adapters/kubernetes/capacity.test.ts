import { expect, test } from 'vitest';
import { Annotation } from '../../../../lambdas/core/workload/annotations.ts';
import { deployCanary } from '../../../../lambdas/deploy-canary.ts';
import { retireCanary } from '../../../../lambdas/retire-canary.ts';
import type { RequestRecord } from '../../../../sandbox/kubernetes/server.ts';
import { autoscaler, manifest, startWorld, type World } from './world.ts';

const deployed = async (world: World, weight = 50) =>
  (await deployCanary(world.api)({ ...world.task(), weight })).pods;

test('the primary keeps its floor: autoscaler and people cannot take it below, and get their will at the end (I9)', async () => {
  const world = await startWorld({ manifests: [autoscaler('podinfo', 1, 3)] });
  const pods = await deployed(world);
  expect(world.limits('podinfo')).toEqual([2, 3]);
  world.apply([manifest('podinfo-primary', 1) as never]);
  const raised = await world.capacity(100, pods);
  expect(raised.say).toContain('podinfo-primary was below its floor and is back at 4');
  expect(world.named('podinfo-primary').spec.replicas).toBe(4);
  expect(world.limits('podinfo')).toEqual([4, 4]);
  const { events } = await retireCanary(world.api)({ ...world.task(), outcome: 'rolledBack' });
  expect(events).toEqual([{ phase: 'Failed', text: 'Canary failed! Scaling down podinfo.test' }]);
  expect(world.named('podinfo-primary').spec.replicas).toBe(1);
  expect(world.limits('podinfo')).toEqual([1, 3]);
});

test('a primary that has grown since the claim is what the share is measured by', async () => {
  const world = await startWorld();
  const scaledTo = (replicas: number) =>
    world.api.patchDeployment('podinfo-primary', { type: 'merge', body: { spec: { replicas } } });
  await scaledTo(10);
  const pods = await deployed(world, 25);
  expect(world.named('podinfo').spec.replicas).toBe(3);
  await scaledTo(12);
  const grown = await world.capacity(100, pods);
  expect(grown.say).toContain('of 12 pods for 100 %');
  expect(world.named('podinfo').spec.replicas).toBe(12);
});

test('a canary that serves is never scaled down (I9)', async () => {
  const world = await startWorld();
  const pods = await deployed(world, 100);
  await world.capacity(5, pods);
  expect(world.named('podinfo').spec.replicas).toBe(4);
});

test('under an autoscaler the canary gets its pods by raised limits, and is ready only once it has them', async () => {
  const world = await startWorld({ manifests: [autoscaler('podinfo', 1, 10)] });
  const { pods } = await world.untilReady('canary', await deployed(world, 25));
  expect(world.named('podinfo').spec.replicas).toBe(1);
  const asked = await world.capacity(100, pods);
  expect(asked.ready).toBe(false);
  expect(world.limits('podinfo')).toEqual([4, 10]);
  const grown = await world.untilReady('canary', asked.pods);
  await world.untilReady('canary', grown.pods);
  expect((await world.capacity(100, grown.pods)).ready).toBe(true);
  expect(world.readyPods('test', { deployment: 'podinfo' })).toHaveLength(4);
});

test('one look asks the cluster for each thing once', async () => {
  const asked: string[] = [];
  const world = await startWorld({
    manifests: [autoscaler('podinfo', 1, 10)],
    options: {
      onRequest: ({ verb, resource, name }: RequestRecord) => asked.push([verb, resource, name].join(' ')),
    },
  });
  const { pods } = await world.untilReady('canary', await deployed(world, 25));
  asked.splice(0);
  await world.capacity(25, pods);
  expect(asked.sort()).toEqual([
    'get deployments podinfo',
    'get deployments podinfo-primary',
    'list horizontalpodautoscalers ',
    'list pods ',
    'list replicasets ',
  ]);
});

test('an autoscaler that somebody changes just then is looked at again', async () => {
  let change = (): unknown => undefined;
  const onRequest = ({ verb, resource }: RequestRecord) => {
    if (verb === 'list' && resource === 'horizontalpodautoscalers') change();
  };
  const world = await startWorld({ manifests: [autoscaler('podinfo', 1, 10)], options: { onRequest } });
  const { pods } = await world.untilReady('canary', await deployed(world, 25));
  change = () => {
    change = () => undefined;
    return world.apply([autoscaler('podinfo', 1, 20) as never]);
  };
  await world.capacity(100, pods);
  expect(world.limits('podinfo')).toEqual([4, 20]);
});

test('an autoscaler that never delivers is not waited for beyond the deadline', async () => {
  const world = await startWorld({ manifests: [autoscaler('podinfo', 4, 10)] });
  const { pods } = await world.untilReady('canary', await deployed(world, 100));
  await world.api.patchDeployment('podinfo', { type: 'merge', body: { spec: { replicas: 2 } } });
  await world.advance(1);
  expect((await world.capacity(100, pods)).ready).toBe(false);
  const late = { ...pods, deadlineAt: new Date(world.clock.now() - 1000).toISOString() };
  await expect(world.capacity(100, late)).rejects.toMatchObject({
    name: 'Canary.PodsFailed',
    message: expect.stringContaining('autoscaler of podinfo'),
  });
});

test('a wait that begins later in a rollout has a deadline of its own', async () => {
  const world = await startWorld();
  const { pods } = await world.untilReady('canary', await deployed(world, 100));
  const [pod] = await world.api.pods({ app: 'podinfo' });
  await world.call('DELETE', `/api/v1/namespaces/test/pods/${pod?.metadata.name}`);
  await world.advance(2);
  const late = { ...pods, deadlineAt: new Date(world.clock.now() - 1000).toISOString() };
  const waiting = await world.capacity(100, late);
  expect(waiting.ready).toBe(false);
  expect(Date.parse(waiting.pods.deadlineAt)).toBe(world.clock.now() + 660_000);
});

test.each([
  ['a primary that was scaled to zero comes back with one pod', [], 0, 1],
  ['a primary under an autoscaler keeps what that gives it', [autoscaler('podinfo-primary', 1, 10)], 2, 4],
])('%s', async (_, manifests, wanted, expected) => {
  const world = await startWorld({ manifests });
  const pods = await deployed(world);
  world.apply([manifest('podinfo-primary', wanted) as never]);
  await world.capacity(50, pods);
  expect(world.named('podinfo-primary').spec.replicas).toBe(4);
  await retireCanary(world.api)({ ...world.task(), outcome: 'rolledBack' });
  const { metadata, spec } = world.named('podinfo-primary');
  expect(spec.replicas).toBe(expected);
  expect(metadata.annotations).not.toHaveProperty(Annotation.Replicas);
});

test('a release that is deployed again leaves replicas to the autoscaler', async () => {
  const world = await startWorld({ manifests: [autoscaler('podinfo', 1, 10)] });
  await world.untilReady('canary', await deployed(world, 25));
  await deployed(world, 100);
  expect(world.named('podinfo').spec.replicas).toBe(1);
  expect(world.limits('podinfo')).toEqual([4, 10]);
});
