import { tracksConfig } from '../../lambdas/core/spec/config-tracking.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { copyPolicy, sameVolumes } from './config-copies.ts';
import { type Manifest, objectName, repositoryUri, type ServiceInCluster } from './manifest.ts';
import { policyAndBinding, type Validation } from './policy.ts';

/** Fields of a pod that decide what it can reach: a release changes none of them. */
const UNCHANGED = [
  'serviceAccountName',
  'automountServiceAccountToken',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'hostUsers',
  'hostAliases',
  'nodeName',
  'securityContext',
] as const;

const escaped = (text: string): string => text.replaceAll('.', '\\\\.');

/** An image of the service's own repository, by digest, or the one that this container has already. */
const imageRule = (repository: string, containers: 'containers' | 'initContainers'): Validation => ({
  expression:
    `!has(variables.pod.${containers}) || variables.pod.${containers}.all(c, ` +
    `c.image.matches('^${escaped(repository)}(:[A-Za-z0-9_.-]+)?@sha256:[0-9a-f]{64}$') || ` +
    `(has(variables.before.${containers}) && ` +
    `variables.before.${containers}.exists(b, b.name == c.name && b.image == c.image)))`,
  message: `stepcanary may only set images of ${repository}, by digest`,
});

const unchanged = (field: string): Validation => ({
  expression:
    `has(variables.pod.${field}) == has(variables.before.${field}) && ` +
    `(!has(variables.pod.${field}) || variables.pod.${field} == variables.before.${field})`,
  message: `stepcanary may not change ${field}: change it in the Deployment yourself, then release`,
});

/**
 * A container keeps the securityContext that the Deployment's container of that name had, for without it a container may
 * run as root; a container of a new name has none.
 */
const privileges = (containers: 'containers' | 'initContainers'): Validation => ({
  expression:
    `!has(variables.pod.${containers}) || variables.pod.${containers}.all(c, ` +
    `has(variables.before.${containers}) && variables.before.${containers}.exists(b, b.name == c.name) ? ` +
    `variables.before.${containers}.exists(b, b.name == c.name && ` +
    'has(b.securityContext) == has(c.securityContext) && ' +
    '(!has(c.securityContext) || b.securityContext == c.securityContext)) : !has(c.securityContext))',
  message:
    'stepcanary may not change securityContext of a container: change it in the Deployment yourself, then release',
});

const autoscalerRules = ({ workload: { primary, canary } }: RolloutSpec): readonly Validation[] => [
  {
    expression: `oldObject.spec.scaleTargetRef.name in ['${primary}', '${canary}']`,
    message: `stepcanary may only change the autoscalers of ${primary} and ${canary}`,
  },
  {
    expression: 'object.spec.scaleTargetRef == oldObject.spec.scaleTargetRef',
    message: 'stepcanary may not change what an autoscaler scales',
  },
];

/**
 * Bounds what the service's role can write, as RBAC knows whole objects only: whoever gets hold of the role can release
 * images of the service's own repository and nothing else. Admission policies need Kubernetes 1.30.
 */
export const admissionPolicies = (service: ServiceInCluster): readonly Manifest[] => {
  const repository = repositoryUri(service);
  const name = objectName(service.spec);
  return [
    ...policyAndBinding(service, {
      name,
      apiGroup: 'apps',
      resources: ['deployments'],
      variables: [
        { name: 'pod', expression: 'object.spec.template.spec' },
        { name: 'before', expression: 'oldObject.spec.template.spec' },
      ],
      validations: [
        imageRule(repository, 'containers'),
        imageRule(repository, 'initContainers'),
        ...UNCHANGED.map(unchanged),
        tracksConfig(service.spec.workload) ? sameVolumes(service.spec) : unchanged('volumes'),
        privileges('containers'),
        privileges('initContainers'),
      ],
    }),
    ...policyAndBinding(service, {
      name: `${name}-autoscaler`,
      apiGroup: 'autoscaling',
      resources: ['horizontalpodautoscalers'],
      validations: autoscalerRules(service.spec),
    }),
    ...copyPolicy(service),
  ];
};
