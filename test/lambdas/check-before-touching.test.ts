import { beforeEach, describe, expect, test } from 'vitest';
import { checkBeforeTouching } from '../../lambdas/check-before-touching.ts';
import { claimRollout } from '../../lambdas/claim-rollout.ts';
import { CanaryError } from '../../lambdas/core/errors.ts';
import type { PreflightPorts } from '../../lambdas/core/preflight/aws.ts';
import { takeRoute } from '../../lambdas/take-route.ts';
import { FakeMetrics } from '../fakes/fake-metrics.ts';
import { FakeRouter } from '../fakes/fake-router.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { rollout } from '../fakes/rollouts.ts';

const SERVICE = 'podinfo@prod-eu';
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
const held = rollout('podinfo-6.0.1-362e302e-prod-eu-1');
const base = (minutes: number) => ({ rollout: held, generation: 1, now: at(minutes) });

let store: MemoryStore;
let router: FakeRouter;
let metrics: FakeMetrics;

beforeEach(async () => {
  store = new MemoryStore();
  router = new FakeRouter();
  metrics = new FakeMetrics();
  await claimRollout(store)({ rollout: held, now: at(0) });
});

describe('Check before touching', () => {
  const cluster = { name: 'prod', endpoint: 'https://cluster', certificateAuthority: 'Q0E=' };
  const image = { digest: held.release.digest, tags: ['6.0.1'], registry: '111122223333', mediaType: '' };
  const ports = (change: Partial<PreflightPorts> = {}): PreflightPorts => ({
    router,
    metrics,
    clusters: { describe: async () => ({ cluster, accessEntries: true }) },
    images: { find: async () => image },
    ...change,
  });
  const check = (change?: Partial<PreflightPorts>) => checkBeforeTouching(store, ports(change))(base(0));

  test('finds the cluster and the metrics, and writes nothing, not even a tag', async () => {
    await expect(check()).resolves.toMatchObject({ cluster });
    expect([await router.owner(), router.written]).toEqual([undefined, []]);
  });

  test('says what stands in the way of the strategy on this route', async () => {
    router.inTheWay = ['route podinfo has priority 0; give it a higher number'];
    await expect(check()).rejects.toMatchObject({
      name: 'Canary.Refused',
      message: 'router.appMesh.route: route podinfo has priority 0; give it a higher number',
    });
  });

  test('says every problem at once, each with its fix, and writes nothing', async () => {
    await router.own('other@prod-eu');
    const refusal = check({
      clusters: { describe: async () => ({ cluster, accessEntries: false }) },
      images: { find: async () => undefined },
    });
    await expect(refusal).rejects.toMatchObject({ name: 'Canary.Refused' });
    const message = await refusal.then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message.split('\n')).toEqual([
      expect.stringMatching(/^target: cluster prod is in CONFIG_MAP mode.*API_AND_CONFIG_MAP$/),
      expect.stringMatching(/^router\.appMesh\.route: the route belongs to other@prod-eu/),
      expect.stringMatching(/^trigger\.ecr: .* is not in the repository podinfo; push it/),
    ]);
    expect(router.written).toEqual([]);
  });

  test('an AWS that does not answer is no finding: the state is retried', async () => {
    const away = { describe: async () => Promise.reject(new CanaryError('Canary.Transient', 'EKS is away')) };
    await expect(check({ clusters: away })).rejects.toMatchObject({ name: 'Canary.Transient' });
  });

  test('says what an earlier rollout left on the canary, and leaves it to the first write', async () => {
    router.weights = { primary: 70, canary: 30 };
    await router.own(SERVICE);
    await expect(check()).resolves.toMatchObject({
      say: expect.stringContaining('30 % are left on the canary'),
    });
    expect(router.written).toEqual([]);
  });

  test('knows an earlier rollout by the record, too, where somebody took the tag away', async () => {
    router.weights = { primary: 70, canary: 30 };
    const { claim } = await store.read(SERVICE);
    if (claim === undefined) throw new Error('nothing was claimed');
    await store.update(SERVICE, (record) => ({
      record: { ...record, freed: { at: at(0), claim, left: [] } },
      answer: undefined,
    }));
    await expect(check()).resolves.toMatchObject({ cluster });
  });

  test('refuses weight on the canary that no rollout of the service put there: somebody’s experiment', async () => {
    router.weights = { primary: 70, canary: 30 };
    await expect(check()).rejects.toMatchObject({
      name: 'Canary.Refused',
      message: expect.stringContaining(
        'podinfo-canary has 30 % of the traffic, and no rollout of podinfo@prod-eu',
      ),
    });
    expect(router.weights.canary).toBe(30);
  });
});

describe('Take route', () => {
  const take = () => takeRoute(store, router)(base(1));

  test('tags the route as the service’s, and puts back on the primary what was left on the canary', async () => {
    router.weights = { primary: 70, canary: 30 };
    await expect(take()).resolves.toMatchObject({
      say: 'The route podinfo is podinfo@prod-eu’s; 30 % that were left on the canary are back on podinfo-primary',
    });
    expect(router.weights).toEqual({ primary: 100, canary: 0 });
    await expect(router.owner()).resolves.toBe(SERVICE);
  });

  test('records that it may have written before it writes, so that rescue and watchdog look after the route', async () => {
    router.weights = { primary: 70, canary: 30 };
    router.refuses = new CanaryError('Canary.Transient', 'App Mesh is away');
    await expect(take()).rejects.toMatchObject({ name: 'Canary.Transient' });
    expect((await store.read(SERVICE)).claim).toMatchObject({ phase: 'Progressing', intent: 0 });
  });

  test('run twice writes the route once (I5)', async () => {
    router.weights = { primary: 70, canary: 30 };
    await take();
    await take();
    expect(router.written).toHaveLength(1);
  });

  test('of an execution that lost its claim writes nothing, and one that loses it meanwhile fails', async () => {
    const lose = () =>
      store.update(SERVICE, (record) => ({ record: { ...record, generation: 2 }, answer: undefined }));
    const own = router.own.bind(router);
    router.own = async (service) => {
      await own(service);
      await lose();
    };
    await expect(take()).rejects.toMatchObject({ name: 'Canary.Fenced' });
    router.weights = { primary: 70, canary: 30 };
    await expect(take()).rejects.toMatchObject({ name: 'Canary.Fenced' });
    expect(router.written).toEqual([]);
  });
});
