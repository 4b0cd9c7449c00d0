import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { kubernetesGroup } from '../names.ts';
import { configRules } from './config-copies.ts';
import { labels, type Manifest, objectName } from './manifest.ts';

const RBAC = 'rbac.authorization.k8s.io';

/**
 * What the service's group may do in its namespace. Lists and watches cannot be narrowed to names (Kubernetes RBAC), so
 * reading is by kind and writing is by name.
 */
export const roleAndBinding = (spec: RolloutSpec): readonly Manifest[] => {
  const { namespace, primary, canary } = spec.workload;
  const metadata = { name: objectName(spec), namespace, labels };
  const ours = { resourceNames: [primary, canary] };
  return [
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: ['apps'], resources: ['deployments'], ...ours, verbs: ['patch'] },
        { apiGroups: ['apps'], resources: ['deployments/scale'], ...ours, verbs: ['get', 'patch'] },
        { apiGroups: [''], resources: ['pods', 'events'], verbs: ['get', 'list'] },
        // The floor of the primary's autoscaler is raised for the time of a rollout, so its name is not known here.
        {
          apiGroups: ['autoscaling'],
          resources: ['horizontalpodautoscalers'],
          verbs: ['get', 'list', 'patch'],
        },
        { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: ['get', 'list'] },
        ...configRules(spec),
        // To refuse a route that the App Mesh controller owns: it would revert our weights.
        {
          apiGroups: ['appmesh.k8s.aws'],
          resources: ['virtualrouters', 'virtualnodes'],
          verbs: ['get', 'list'],
        },
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      subjects: [{ apiGroup: RBAC, kind: 'Group', name: kubernetesGroup(spec) }],
      roleRef: { apiGroup: RBAC, kind: 'Role', name: metadata.name },
    },
  ];
};
