import { expect, test } from 'vitest';
import type { FieldTree } from '../../../../lambdas/core/workload/objects.ts';
import { canaryFields, ownerProblems, primaryFields } from '../../../../lambdas/core/workload/owners.ts';
import { deployment } from './deployments.ts';

const REPLICAS = { 'f:spec': { 'f:replicas': {} } };
const imageOf = (container: string): FieldTree => ({
  'f:spec': {
    'f:template': { 'f:spec': { 'f:containers': { [`k:{"name":"${container}"}`]: { 'f:image': {} } } } },
  },
});
const owned = (manager: string, fieldsV1: FieldTree, annotations = {}, subresource?: string) =>
  deployment(
    {},
    {
      metadata: { annotations, managedFields: [{ manager, fieldsV1, ...(subresource && { subresource }) }] },
    },
  );
const problems = (...of: Parameters<typeof owned>) => ownerProblems(owned(...of), canaryFields('podinfod'));

test.each([
  'argocd-controller',
  'argocd-application-controller',
  'kustomize-controller',
  'helm-controller',
  'helm',
  'Helm',
  'flux',
])('%s would put its own value back', (manager) => {
  expect(problems(manager, REPLICAS)).toEqual([expect.stringContaining(`${manager} owns spec.replicas`)]);
  expect(problems(manager, imageOf('podinfod'))).toEqual([
    expect.stringContaining('owns image of container podinfod'),
  ]);
});

test.each(['kubectl-client-side-apply', 'kubectl', 'kube-controller-manager', 'stepcanary'])(
  '%s is a person or ourselves',
  (manager) => {
    expect(problems(manager, { ...REPLICAS })).toEqual([]);
  },
);

test('other fields, other containers and the status may belong to anybody', () => {
  expect(problems('argocd-controller', imageOf('sidecar'))).toEqual([]);
  expect(problems('argocd-controller', { 'f:metadata': { 'f:labels': {} } })).toEqual([]);
  expect(problems('argocd-controller', REPLICAS, {}, 'status')).toEqual([]);
});

test('all of the primary’s pod template is written, so owning a part of it is a problem', () => {
  const [problem] = ownerProblems(owned('kustomize-controller', imageOf('sidecar')), primaryFields);
  expect(problem).toContain('owns spec.template');
});

test('the lines to paste name the fields', () => {
  expect(problems('argocd-controller', imageOf('podinfod'))[0]).toContain(
    `jqPathExpressions: ['.spec.template.spec.containers[] | select(.name == "podinfod") | .image']`,
  );
});

test.each([
  ['kustomize-controller', { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' }],
  ['kustomize-controller', { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' }],
  ['helm-controller', { 'helm.toolkit.fluxcd.io/driftDetection': 'disabled' }],
  ['argocd-controller', { 'stepcanary/shared-with': 'helm, argocd-controller' }],
])('%s that leaves the Deployment alone (%o) is no problem', (manager, annotations) => {
  expect(problems(manager, REPLICAS, annotations)).toEqual([]);
});
