import { isDeepStrictEqual } from 'node:util';
import { configProblems } from './config-validation.ts';
import { type Autoscaler, type Deployment, isObject, type KubeObject, type PodSpec } from './objects.ts';
import {
  AUTOSCALERS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  PODS,
  REPLICA_SETS,
  type Resource,
  SECRETS,
} from './resources.ts';
import { fitsSelector } from './selectors.ts';
import { invalid, type Problem } from './status.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

const required = (field: string, message = 'Required value'): Problem => ({
  field,
  message,
  reason: 'FieldValueRequired',
});
const wrong = (field: string, value: unknown, why: string): Problem => ({
  field,
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  reason: 'FieldValueInvalid',
});

const validatePodSpec = (spec: Partial<PodSpec> | undefined, path: string): Problem[] => {
  const containers = spec?.containers ?? [];
  if (containers.length === 0) return [required(`${path}.containers`)];
  return containers.flatMap((container, index): Problem[] => {
    const here = `${path}.containers[${index}]`;
    const isTwice = containers.findIndex((it) => it.name === container.name) < index;
    return [
      ...(container.name ? [] : [required(`${here}.name`)]),
      ...(container.image ? [] : [required(`${here}.image`)]),
      ...(isTwice
        ? [
            {
              field: `${here}.name`,
              message: `Duplicate value: "${container.name}"`,
              reason: 'FieldValueDuplicate' as const,
            },
          ]
        : []),
    ];
  });
};

const validateReplicas = (spec: { replicas?: unknown }): Problem[] =>
  Number.isInteger(spec.replicas) && (spec.replicas as number) >= 0
    ? []
    : [wrong('spec.replicas', spec.replicas, 'must be greater than or equal to 0')];

const validateWorkload = ({ spec }: Deployment, previous?: Deployment): Problem[] => {
  if (!isObject(spec?.selector)) return [required('spec.selector')];
  const labels = spec.template?.metadata?.labels ?? {};
  return [
    ...validateReplicas(spec),
    ...(previous !== undefined && !isDeepStrictEqual(previous.spec.selector, spec.selector)
      ? [wrong('spec.selector', spec.selector, 'field is immutable')]
      : []),
    ...(fitsSelector(spec.selector, labels)
      ? []
      : [wrong('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]),
    ...validatePodSpec(spec.template?.spec, 'spec.template.spec'),
  ];
};

const validateAutoscaler = ({ spec }: Autoscaler): Problem[] => {
  const { minReplicas = 1, maxReplicas, scaleTargetRef } = spec;
  return [
    ...(scaleTargetRef?.name ? [] : [required('spec.scaleTargetRef.name')]),
    ...(minReplicas >= 1
      ? []
      : [wrong('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')]),
    ...(maxReplicas >= minReplicas
      ? []
      : [wrong('spec.maxReplicas', maxReplicas ?? 0, 'must be greater than or equal to `minReplicas`')]),
  ];
};

const problemsOf = (resource: Resource, object: KubeObject, previous?: KubeObject): Problem[] => {
  if (resource === DEPLOYMENTS || resource === REPLICA_SETS) {
    return validateWorkload(object as Deployment, previous as Deployment | undefined);
  }
  if (resource === AUTOSCALERS) return validateAutoscaler(object as Autoscaler);
  if (resource === CONFIG_MAPS || resource === SECRETS) return configProblems(object, previous);
  if (resource === PODS) return validatePodSpec(object.spec as PodSpec, 'spec');
  return [];
};

/** Refuses an object as `Invalid`, naming every problem. RBAC names may hold more than a DNS subdomain. */
export const validate = (resource: Resource, object: KubeObject, previous?: KubeObject): void => {
  const { name } = object.metadata;
  const isFreeName = resource.group === 'rbac.authorization.k8s.io';
  const problems = [
    ...(isFreeName || SUBDOMAIN.test(name)
      ? []
      : [
          wrong(
            'metadata.name',
            name,
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'",
          ),
        ]),
    ...problemsOf(resource, object, previous),
  ];
  if (problems.length > 0) throw invalid(resource, name, problems);
};
