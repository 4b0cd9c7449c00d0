import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { kubernetesFile, kubernetesManifests } from '../../infra/kubernetes.ts';
import { readRollouts } from '../../infra/rollouts.ts';
import { ROLLOUTS_DIRECTORY } from '../../infra/synthesise.ts';
import { synthesiseQuickly } from './synthesised.ts';

const podinfo = () => {
  const service = readRollouts(ROLLOUTS_DIRECTORY).services.find(({ spec }) => spec.service === 'podinfo');
  if (service === undefined) throw new Error('the example of podinfo is gone');
  return service;
};

interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}
interface Admission {
  readonly matchConditions: { readonly expression: string }[];
  readonly validations: { readonly expression: string; readonly message: string }[];
}
const manifest = (kind: string) => kubernetesManifests(podinfo()).find((each) => each.kind === kind);
const rules = () => (manifest('Role') as unknown as { rules: Rule[] }).rules;
const policy = () => (manifest('ValidatingAdmissionPolicy') as unknown as { spec: Admission }).spec;

describe('the Role of a service', () => {
  test('writes to its two Deployments by name', () => {
    const writing = rules().filter(
      ({ resources, verbs }) =>
        verbs.includes('patch') && resources.some((name) => name.startsWith('deployments')),
    );
    expect(writing).toHaveLength(2);
    for (const { resourceNames } of writing) expect(resourceNames).toEqual(['podinfo-primary', 'podinfo']);
  });

  test('deletes nothing, creates nothing but copies of ConfigMaps, and has no wildcard', () => {
    for (const { verbs, resources, apiGroups } of rules()) {
      const more = resources[0] === 'configmaps' ? ['create'] : [];
      expect(verbs.filter((verb) => !['get', 'list', 'watch', 'patch', ...more].includes(verb))).toEqual([]);
      expect([...resources, ...apiGroups]).not.toContain('*');
    }
  });

  test('sees no secrets', () => {
    expect(rules().flatMap(({ resources }) => resources)).not.toContain('secrets');
  });

  test('reads the Secrets that the spec names, and writes their copies, by name', () => {
    const { spec, target } = podinfo();
    const tracking = { configMaps: [], secrets: ['token'] };
    const named = kubernetesManifests({
      target,
      spec: { ...spec, workload: { ...spec.workload, configTracking: tracking } },
    }).find(({ kind }) => kind === 'Role') as unknown as { rules: Rule[] };
    expect(named.rules.filter(({ resources }) => resources[0] === 'configmaps')).toEqual([]);
    const copies = ['token-primary', 'token-primary-2', 'token-podinfo-primary', 'token-podinfo-primary-2'];
    expect(named.rules.filter(({ resources }) => resources[0] === 'secrets')).toEqual([
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['token', ...copies], verbs: ['get'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: copies, verbs: ['patch', 'create'] },
    ]);
  });

  test('belongs to the group of the access entry, in its namespace alone', () => {
    expect(manifest('RoleBinding')).toMatchObject({
      metadata: { namespace: 'test' },
      subjects: [{ kind: 'Group', name: 'stepcanary:test:podinfo' }],
      roleRef: { kind: 'Role', name: 'stepcanary-test-podinfo' },
    });
  });
});

describe('the admission policy of a service', () => {
  const imagePattern = () => {
    const [, pattern = ''] =
      /c\.image\.matches\('([^']+)'\)/.exec(policy().validations[0]?.expression ?? '') ?? [];
    return new RegExp(JSON.parse(`"${pattern}"`));
  };
  const registry = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
  const digest = `sha256:${'0a'.repeat(32)}`;

  test.each([
    ['by digest', `${registry}/podinfo@${digest}`, true],
    ['by tag and digest', `${registry}/podinfo:6.0.1@${digest}`, true],
    ['by tag', `${registry}/podinfo:6.0.1`, false],
    ['of another repository', `${registry}/podinfo-evil@${digest}`, false],
    ['of another registry', `evil.example/${registry}/podinfo@${digest}`, false],
    [
      'of a registry whose dots are something else',
      `${registry.replaceAll('.', '-')}/podinfo@${digest}`,
      false,
    ],
    ['with a digest too short', `${registry}/podinfo@${digest.slice(0, -1)}`, false],
  ])('judges an image %s', (_, image, allowed) => {
    expect(imagePattern().test(image)).toBe(allowed);
  });

  test('applies to the service’s group only', () => {
    expect(policy().matchConditions).toEqual([
      { name: 'by-stepcanary', expression: "'stepcanary:test:podinfo' in request.userInfo.groups" },
    ]);
    expect(manifest('ValidatingAdmissionPolicyBinding')).toMatchObject({
      spec: {
        policyName: 'stepcanary-test-podinfo',
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'test' } } },
      },
    });
  });

  test.each(['serviceAccountName', 'hostNetwork', 'hostPID', 'hostIPC'])('holds %s as it was', (field) => {
    expect(policy().validations.map(({ expression }) => expression)).toContain(
      `has(variables.pod.${field}) == has(variables.before.${field}) && (!has(variables.pod.${field}) || variables.pod.${field} == variables.before.${field})`,
    );
  });
});

test('autoscalers of other workloads in the namespace are out of reach', () => {
  const autoscaler = kubernetesManifests(podinfo()).find(
    ({ metadata }) => metadata.name === 'stepcanary-test-podinfo-autoscaler',
  );
  expect(autoscaler).toMatchObject({
    kind: 'ValidatingAdmissionPolicy',
    spec: {
      matchConstraints: { resourceRules: [{ resources: ['horizontalpodautoscalers'] }] },
      validations: [
        { expression: "oldObject.spec.scaleTargetRef.name in ['podinfo-primary', 'podinfo']" },
        { expression: 'object.spec.scaleTargetRef == oldObject.spec.scaleTargetRef' },
      ],
    },
  });
});

test('synthesis writes the manifests of each service as a file to apply', () => {
  const { directory } = synthesiseQuickly();
  const text = readFileSync(join(directory, 'kubernetes', 'podinfo@prod-eu.yaml'), 'utf8');
  expect(text).toBe(kubernetesFile(podinfo()));
  expect(parseAllDocuments(text).map((document) => document.toJS())).toEqual(kubernetesManifests(podinfo()));
});
