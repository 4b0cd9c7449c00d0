import { describe, expect, test } from 'vitest';
import { CanaryError, type ErrorName } from '../../../lambdas/core/errors.ts';
import type { ReadWorkloadResult } from '../../../lambdas/core/read-workload.ts';
import { digestBy } from '../../../lambdas/runtime/running-digest.ts';
import { input } from '../../fakes/rollouts.ts';

const cluster = { name: 'prod', endpoint: 'https://cluster', certificateAuthority: 'Q0E=' };
const digest = `sha256:${'a'.repeat(64)}`;
const asking = (readWorkload: () => Promise<ReadWorkloadResult>, found = true) =>
  digestBy({
    clusters: { describe: async () => (found ? { cluster, accessEntries: true } : undefined) },
    readWorkload,
  })(input());
const failing = (name: ErrorName) => () => Promise.reject(new CanaryError(name, 'no'));

describe('what the primary runs, asked before a first rollout', () => {
  test('is what the workload says', async () => {
    await expect(asking(async () => ({ image: 'podinfo', digest }))).resolves.toBe(digest);
  });

  test.each(['Canary.AccessDenied', 'Canary.Refused'] as const)(
    'is not known after %s: the preflight will say why',
    async (name) => {
      await expect(asking(failing(name))).resolves.toBeUndefined();
    },
  );

  test('is not known without a cluster', async () => {
    await expect(asking(failing('Canary.Transient'), false)).resolves.toBeUndefined();
  });

  test('is asked again when the cluster does not answer: a guess would release what runs already (I7)', async () => {
    await expect(asking(failing('Canary.Transient'))).rejects.toMatchObject({ name: 'Canary.Transient' });
  });
});
