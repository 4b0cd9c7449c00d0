import { kubernetesGroup } from '../names.ts';
import { labels, type Manifest, type ServiceInCluster } from './manifest.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';

/** A CEL expression that must hold, and what is said when it does not. */
export interface Validation {
  readonly expression: string;
  readonly message: string;
}

/** Which writes a policy is about, and what holds for them. */
export interface Bound {
  readonly name: string;
  readonly apiGroup: string;
  readonly resources: readonly string[];
  /** @default updates */
  readonly operations?: readonly ('CREATE' | 'UPDATE')[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly Validation[];
}

/** A policy for writes by the service's group, and its binding to the service's namespace. Needs Kubernetes 1.30. */
export const policyAndBinding = (
  { spec }: ServiceInCluster,
  { name, apiGroup, resources, operations = ['UPDATE'], variables = [], validations }: Bound,
): readonly Manifest[] => {
  const metadata = { name, labels };
  const policy = {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [{ apiGroups: [apiGroup], apiVersions: ['*'], operations, resources }],
    },
    matchConditions: [
      { name: 'by-stepcanary', expression: `'${kubernetesGroup(spec)}' in request.userInfo.groups` },
    ],
    variables,
    validations,
  };
  const binding = {
    policyName: name,
    validationActions: ['Deny'],
    matchResources: {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': spec.workload.namespace } },
    },
  };
  return [
    { apiVersion: ADMISSION, kind: 'ValidatingAdmissionPolicy', metadata, spec: policy },
    { apiVersion: ADMISSION, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: binding },
  ];
};
