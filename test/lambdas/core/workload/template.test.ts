import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selects } from '../../../../lambdas/core/workload/labels.ts';
import type { Labels } from '../../../../lambdas/core/workload/objects.ts';
import { copiedTemplate } from '../../../../lambdas/core/workload/template.ts';
import { deployment, IMAGE } from './deployments.ts';

const primaryOf = (labels: Labels, selector: Labels, template = {}) =>
  deployment({ name: 'podinfo-primary', labels, selector, image: 'registry/podinfo:6.0.0', template });

test('the pod template goes over whole, with the labels that make pods the primary’s', () => {
  const selector = (app: string) => ({ labelSelector: { matchLabels: { app } } });
  const template = (app: string) => ({
    containers: [{ name: 'podinfod', image: IMAGE, env: [{ name: 'COLOUR', value: 'blue' }] }],
    volumes: [{ name: 'cache', emptyDir: {} }],
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ ...selector(app), topologyKey: 'host' }],
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 1,
            podAffinityTerm: {
              labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: [app, 'cache'] }] },
            },
          },
        ],
      },
    },
    topologySpreadConstraints: [{ maxSkew: 1, ...selector(app) }],
  });
  const canary = deployment({ labels: { app: 'podinfo', version: '6.0.1' }, template: template('podinfo') });
  const primary = primaryOf(
    { app: 'podinfo-primary', version: '6.0.0', team: 'web' },
    { app: 'podinfo-primary' },
    { nodeSelector: { old: 'yes' } },
  );
  expect(copiedTemplate(primary, canary)).toEqual({
    metadata: { labels: { app: 'podinfo-primary', version: '6.0.1', team: 'web' } },
    spec: template('podinfo-primary'),
  });
});

test.each([
  ['track: stable and canary', { track: 'stable' }, { track: 'canary' }, { track: 'stable' }],
  ['a name with -primary', { node: 'podinfo-primary' }, { node: 'podinfo' }, { node: 'podinfo-primary' }],
  ['a label only of the canary', {}, { node: 'podinfo-canary' }, {}],
  ['a version', { version: '1' }, { version: '2' }, { version: '2' }],
])(
  'labels by which a Service or VirtualNode may select stay on their side: %s',
  (_, own, tested, expected) => {
    const primary = primaryOf({ app: 'p', ...own }, { app: 'p' });
    const canary = deployment({ labels: { app: 'c', ...tested }, selector: { app: 'c' } });
    expect(copiedTemplate(primary, canary).metadata?.labels).toEqual({ app: 'p', ...expected });
  },
);

test('our own annotations stay behind, others go over', () => {
  const canary = deployment(
    {},
    {
      spec: {
        template: {
          metadata: {
            labels: { app: 'podinfo' },
            annotations: { 'stepcanary/x': '1', 'prometheus.io/scrape': 'true' },
          },
          spec: { containers: [] },
        },
      },
    },
  );
  const primary = primaryOf({ app: 'podinfo-primary' }, { app: 'podinfo-primary' });
  expect(copiedTemplate(primary, canary).metadata?.annotations).toEqual({ 'prometheus.io/scrape': 'true' });
});

test('sides that labels cannot tell apart are refused', () => {
  const primary = primaryOf({ app: 'podinfo', role: 'main' }, { role: 'main' });
  const canary = deployment({ labels: { app: 'podinfo' }, selector: { app: 'podinfo' } });
  expect(() => copiedTemplate(primary, canary)).toThrow(expect.objectContaining({ name: 'Canary.Refused' }));
});

test('whatever the labels, the copy is selected by the primary’s selector and never by the canary’s', () => {
  const labels = fc.dictionary(
    fc.constantFrom('app', 'track', 'version', 'team'),
    fc.constantFrom('a', 'b', 'x-primary', 'canary', '1'),
  );
  const keys = fc.subarray(['app', 'track', 'version', 'team'], { minLength: 1 });
  const some = (of: Labels, wanted: readonly string[]): Labels =>
    Object.fromEntries(Object.entries(of).filter(([key]) => wanted.includes(key)));
  let copied = 0;
  fc.assert(
    fc.property(labels, labels, keys, keys, (own, tested, ownKeys, testedKeys) => {
      const primary = primaryOf(own, some(own, ownKeys));
      const canary = deployment({ labels: tested, selector: some(tested, testedKeys) });
      // The preflight refuses sides whose selectors overlap.
      fc.pre(!selects(canary.spec.selector, own) && !selects(primary.spec.selector, tested));
      const copy = copiedTemplate(primary, canary).metadata?.labels ?? {};
      expect(selects(primary.spec.selector, copy)).toBe(true);
      expect(selects(canary.spec.selector, copy)).toBe(false);
      copied += 1;
    }),
  );
  expect(copied).toBeGreaterThan(0);
});
