import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import type { Deployment } from '../../../sandbox/kubernetes/objects.ts';
import { startKubernetes } from '../../../sandbox/kubernetes/server.ts';
import { namespace, podinfo } from './cluster.ts';

const limit = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
);

const inPods = (value: number | string, replicas: number, round: (value: number) => number) =>
  typeof value === 'number' ? value : round((Number.parseInt(value, 10) * replicas) / 100);

/** A multiplicative generator: any numbers in [0, 1) do. */
const numbers = (state: number) => () => {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
};

const startRollout = async (replicas: number, rollingUpdate: object, readyAfterMs: number, seed: number) => {
  const clock = new VirtualClock(0);
  const server = await startKubernetes({
    clock,
    random: numbers(seed),
    authenticate: () => undefined,
    images: { behaviour: () => ({ pods: 'ok', readyAfterMs, digest: undefined }) },
  });
  const spec = { replicas, strategy: { type: 'RollingUpdate', rollingUpdate } };
  server.apply([namespace(), podinfo({ spec })]);
  await clock.run(clock.now() + 60_000);
  server.apply(podinfo({ spec, image: 'registry/podinfo:6.0.1' }));
  return { clock, server };
};

it('every rolling update ends, and never has fewer available or more pods than its limits allow', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      limit,
      limit,
      fc.integer({ min: 0, max: 12_000 }),
      fc.integer({ min: 1, max: 1_000 }),
      async (replicas, maxSurge, maxUnavailable, readyAfterMs, seed) => {
        const surge = inPods(maxSurge, replicas, Math.ceil);
        // Both 0 would stand still; Kubernetes then takes one pod away at a time.
        const unavailable = Math.max(inPods(maxUnavailable, replicas, Math.floor), surge === 0 ? 1 : 0);
        const { clock, server } = await startRollout(
          replicas,
          { maxSurge, maxUnavailable },
          readyAfterMs,
          seed,
        );
        try {
          for (let step = 0; step < 400; step++) {
            await clock.run(clock.now() + 500);
            const { status } = server.get('deployment', 'test', 'podinfo') as Deployment;
            expect(status?.availableReplicas ?? 0).toBeGreaterThanOrEqual(replicas - unavailable);
            expect(status?.replicas ?? 0).toBeLessThanOrEqual(replicas + surge);
            if (
              status?.updatedReplicas === replicas &&
              status.replicas === replicas &&
              status.availableReplicas === replicas
            )
              break;
          }
          const versions = server.readyPods('test', { deployment: 'podinfo' }).map(({ version }) => version);
          expect(versions).toEqual(Array(replicas).fill('6.0.1'));
        } finally {
          await server.close();
        }
      },
    ),
    { numRuns: 25 },
  );
});
