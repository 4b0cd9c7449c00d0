import { stringify } from 'yaml';
import { admissionPolicies } from './kubernetes/admission-policies.ts';
import type { Manifest, ServiceInCluster } from './kubernetes/manifest.ts';
import { roleAndBinding } from './kubernetes/role.ts';
import { serviceAtTarget } from './names.ts';

/** What one service needs in its cluster: what its role may do there, and what its writes may look like. */
export const kubernetesManifests = (service: ServiceInCluster): readonly Manifest[] => [
  ...roleAndBinding(service.spec),
  ...admissionPolicies(service),
];

const heading = (name: string): string =>
  `# What stepcanary may do with ${name} in its cluster. Apply once, and again when the spec changes:\n` +
  `# kubectl apply -f '${name}.yaml'\n`;

/** The manifests of a service as one YAML file, ready for `kubectl apply -f`. */
export const kubernetesFile = (service: ServiceInCluster): string =>
  heading(serviceAtTarget(service.spec)) +
  kubernetesManifests(service)
    .map((manifest) => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
