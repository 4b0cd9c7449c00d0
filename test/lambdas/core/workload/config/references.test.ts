import { expect, test } from 'vitest';
import { configReferences, withConfigNames } from '../../../../../lambdas/core/workload/config/references.ts';
import type { PodTemplate } from '../../../../../lambdas/core/workload/objects.ts';

/** A pod that reads configuration in each way that the Kubernetes API has. */
const template = {
  spec: {
    initContainers: [{ name: 'migrate', envFrom: [{ secretRef: { name: 'db' } }] }],
    containers: [
      {
        name: 'podinfod',
        image: 'podinfo:6.0.0',
        env: [
          { name: 'PLAIN', value: 'x' },
          { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'colors', key: 'main' } } },
          { name: 'SECOND', valueFrom: { configMapKeyRef: { name: 'colors', key: 'second' } } },
          { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'value', optional: true } } },
          { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        envFrom: [{ prefix: 'A_', configMapRef: { name: 'flags' } }],
      },
    ],
    volumes: [
      { name: 'whole', configMap: { name: 'files' } },
      { name: 'part', configMap: { name: 'parts', items: [{ key: 'a.yaml', path: 'a' }] } },
      { name: 'tls', secret: { secretName: 'tls' } },
      {
        name: 'both',
        projected: {
          sources: [
            { configMap: { name: 'files' } },
            { secret: { name: 'ca', items: [{ key: 'ca.crt', path: 'ca' }] } },
            { serviceAccountToken: { path: 'token' } },
          ],
        },
      },
      { name: 'tmp', emptyDir: {} },
    ],
    imagePullSecrets: [{ name: 'registry' }],
  },
} as unknown as PodTemplate;

test('every way to read a ConfigMap or a Secret is found, with the keys that are read', () => {
  expect(configReferences(template)).toEqual([
    { kind: 'ConfigMap', name: 'colors', keys: ['main', 'second'], optional: false },
    { kind: 'ConfigMap', name: 'files', optional: false },
    { kind: 'ConfigMap', name: 'flags', optional: false },
    { kind: 'ConfigMap', name: 'parts', keys: ['a.yaml'], optional: false },
    { kind: 'Secret', name: 'ca', keys: ['ca.crt'], optional: false },
    { kind: 'Secret', name: 'db', optional: false },
    { kind: 'Secret', name: 'tls', optional: false },
    { kind: 'Secret', name: 'token', keys: ['value'], optional: true },
  ]);
});

test('names are exchanged in all of them, and nothing else is', () => {
  const renamed = withConfigNames(template, ({ name }) => `${name}-primary`);
  expect(configReferences(renamed).map(({ name }) => name)).toEqual(
    configReferences(template).map(({ name }) => `${name}-primary`),
  );
  expect(withConfigNames(renamed, ({ name }) => name.replace(/-primary$/, ''))).toEqual(template);
  expect(JSON.stringify(renamed)).toContain('"imagePullSecrets":[{"name":"registry"}]');
});
