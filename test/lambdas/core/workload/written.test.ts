import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../../../lambdas/core/workload/objects.ts';
import { templateHash } from '../../../../lambdas/core/workload/template-hash.ts';
import { canaryTemplate } from '../../../../lambdas/core/workload/written.ts';
import { spec } from '../../../fakes/rollouts.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const deployment = (name: string, image: string, more: object = {}): Deployment =>
  ({
    metadata: { name, resourceVersion: '1', uid: name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'podinfod', image, ...more }] },
      },
    },
  }) as unknown as Deployment;
const primary = deployment('podinfo-primary', `registry:5000/podinfo:6.0.0@${digest}`);
const nothing = { config: async () => undefined };
const seen = (canary: Deployment, container = 'podinfod') =>
  canaryTemplate(
    nothing,
    spec((it) => ({ ...it, workload: { ...it.workload, container } })),
    canary,
    primary,
  );

describe('the canary’s pod template', () => {
  test('is the primary’s, though labels differ and only one pins the digest', async () => {
    expect(await seen(deployment('podinfo', 'registry:5000/podinfo:6.0.0'))).toMatchObject({
      asPrimary: true,
    });
  });

  test.each([
    ['another tag', deployment('podinfo', 'registry:5000/podinfo:6.0.1')],
    [
      'another setting',
      deployment('podinfo', 'registry:5000/podinfo:6.0.0', { env: [{ name: 'A', value: 'b' }] }),
    ],
  ])('is news with %s', async (_, canary) => {
    expect(await seen(canary)).toMatchObject({ asPrimary: false, byRollout: false });
  });

  test('is a rollout’s as long as nobody changes it', async () => {
    const canary = deployment('podinfo', 'registry:5000/podinfo:6.0.1');
    const annotations = { 'stepcanary/written': templateHash(canary.spec.template) };
    const written = { ...canary, metadata: { ...canary.metadata, annotations } };
    expect(await seen(written)).toMatchObject({ byRollout: true });
    const edited = deployment('podinfo', 'registry:5000/podinfo:6.0.2');
    expect(await seen({ ...edited, metadata: written.metadata })).toMatchObject({ byRollout: false });
  });

  test('is none without the container', async () => {
    expect(await seen(primary, 'other')).toBeUndefined();
  });
});
