import { kubernetesGroup } from '../names.ts';
import { labels, type Manifest, objectName, repositoryUri, type ServiceInCluster } from './manifest.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';

/** Fields of a pod that decide what it can reach: a release changes none of them. */
const UNCHANGED = [
  'serviceAccountName',
  'automountServiceAccountToken',
  'volumes',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'hostUsers',
  'hostAliases',
  'nodeName',
  'securityContext',
] as const;

interface Validation {
  readonly expression: string;
  readonly message: string;
}

const escaped = (text: string): string => text.replaceAll('.', '\\\\.');

/** An image of the service's own repository, by digest, or one that this container has already. */
const imageRule = (repository: string, containers: 'containers' | 'initContainers'): Validation => ({
  expression:
    `variables.pod.?${containers}.orValue([]).all(c, ` +
    `c.image.matches('^${escaped(repository)}(:[A-Za-z0-9_.-]+)?@sha256:[0-9a-f]{64}$') || ` +
    `variables.before.?${containers}.orValue([]).exists(b, b.name == c.name && b.image == c.image))`,
  message: `stepcanary may only set images of ${repository}, by digest`,
});

const unchanged = (field: string): Validation => ({
  expression: `variables.pod.?${field} == variables.before.?${field}`,
  message: `stepcanary may not change ${field}: change it in the Deployment yourself, then release`,
});

/** A container gets no privilege that the Deployment's container of that name did not have. */
const privileges: Validation = {
  expression:
    'variables.pod.containers.all(c, !has(c.securityContext) || ' +
    'variables.before.containers.exists(b, b.name == c.name && b.?securityContext == c.?securityContext))',
  message: 'stepcanary may not change securityContext of a container: change it in the Deployment yourself',
};

/**
 * Bounds what the service's role can write, as RBAC knows whole objects only: whoever gets hold of the role can release
 * images of the service's own repository and nothing else. The expressions need Kubernetes 1.30 (optional fields in CEL).
 */
export const admissionPolicy = (service: ServiceInCluster): readonly Manifest[] => {
  const { spec } = service;
  const repository = repositoryUri(service);
  const metadata = { name: objectName(spec), labels };
  return [
    {
      apiVersion: ADMISSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] },
          ],
        },
        matchConditions: [
          { name: 'by-stepcanary', expression: `'${kubernetesGroup(spec)}' in request.userInfo.groups` },
        ],
        variables: [
          { name: 'pod', expression: 'object.spec.template.spec' },
          { name: 'before', expression: 'oldObject.spec.template.spec' },
        ],
        validations: [
          imageRule(repository, 'containers'),
          imageRule(repository, 'initContainers'),
          ...UNCHANGED.map(unchanged),
          privileges,
        ],
      },
    },
    {
      apiVersion: ADMISSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: metadata.name,
        validationActions: ['Deny'],
        matchResources: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': spec.workload.namespace } },
        },
      },
    },
  ];
};
