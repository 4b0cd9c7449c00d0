import { trackingOf, tracksConfig } from '../../lambdas/core/spec/config-tracking.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { Annotation } from '../../lambdas/core/workload/annotations.ts';
import { placeNames } from '../../lambdas/core/workload/config/places.ts';
import { SECRET_TYPES } from '../../lambdas/core/workload/config/tracked.ts';
import { serviceAtTarget } from '../names.ts';
import { type Manifest, objectName, type ServiceInCluster } from './manifest.ts';
import { policyAndBinding, type Validation } from './policy.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * What the Role may do with the configuration that is part of a release: read it and its copies, and write the copies. By
 * name where the spec names it: server-side apply asks for `create` with the object's name (apiserver, patch.go).
 */
export const configRules = ({ workload }: RolloutSpec): readonly Rule[] => {
  const tracked = trackingOf(workload);
  const kinds = [
    ['configmaps', tracked.configMaps],
    ['secrets', tracked.secrets],
  ] as const;
  return kinds.flatMap(([resource, names]): Rule[] => {
    const of = { apiGroups: [''], resources: [resource] };
    if (names === 'all') return [{ ...of, verbs: ['get', 'patch', 'create'] }];
    if (names.length === 0) return [];
    const copies = names.flatMap((name) => placeNames(name, workload));
    return [
      { ...of, resourceNames: [...names, ...copies], verbs: ['get'] },
      { ...of, resourceNames: copies, verbs: ['patch', 'create'] },
    ];
  });
};

const quoted = (texts: readonly string[]): string => `[${texts.map((text) => `'${text}'`).join(', ')}]`;

/** What is put behind a name to name its copies; with the name itself, all under which one configuration is read. */
const suffixes = ({ workload }: RolloutSpec): readonly string[] => placeNames('', workload);

const markedBy = (object: string, service: string): string =>
  `has(${object}.metadata.annotations) && '${Annotation.CopyOf}' in ${object}.metadata.annotations && ` +
  `'${Annotation.Service}' in ${object}.metadata.annotations && ` +
  `${object}.metadata.annotations['${Annotation.Service}'] == '${service}'`;

/** The policy that lets the service's group write its own copies and no other ConfigMap or Secret. */
export const copyPolicy = (service: ServiceInCluster): readonly Manifest[] => {
  const { spec } = service;
  if (!tracksConfig(spec.workload)) return [];
  const owner = serviceAtTarget(spec);
  const copyOf = `object.metadata.annotations['${Annotation.CopyOf}']`;
  return policyAndBinding(service, {
    name: `${objectName(spec)}-config`,
    apiGroup: '',
    resources: ['configmaps', 'secrets'],
    operations: ['CREATE', 'UPDATE'],
    validations: [
      {
        expression: `${markedBy('object', owner)} && ${quoted(suffixes(spec))}.exists(s, object.metadata.name == ${copyOf} + s)`,
        message: `stepcanary may only write copies that it marks as those of ${owner}`,
      },
      {
        expression: `oldObject == null || (${markedBy('oldObject', owner)})`,
        message: `stepcanary may not write over what is not its own copy for ${owner}`,
      },
      {
        expression: `!has(object.type) || object.type in ${quoted(SECRET_TYPES)}`,
        message: 'stepcanary copies no Secrets of controllers',
      },
    ],
  });
};

/** Whether two names are of one configuration: the object itself or any of its copies. */
const ofOne = (one: string, other: string, all: string): string =>
  `${all}.exists(s, ${one}.endsWith(s) && ${all}.exists(t, ${one}.substring(0, size(${one}) - size(s)) + t == ${other}))`;

const sameSource = (one: string, other: string, secretName: string, all: string): string =>
  `(has(${one}.configMap) && has(${other}.configMap) && ${ofOne(`${one}.configMap.name`, `${other}.configMap.name`, all)}) || ` +
  `(has(${one}.secret) && has(${other}.secret) && ${ofOne(`${one}.secret.${secretName}`, `${other}.secret.${secretName}`, all)})`;

/** A release changes no volume, but for which copy of one configuration it shows. */
export const sameVolumes = (spec: RolloutSpec): Validation => {
  const all = quoted(['', ...suffixes(spec)]);
  const sources =
    `(has(v.projected) && has(b.projected) && has(v.projected.sources) && has(b.projected.sources) && ` +
    `size(v.projected.sources) == size(b.projected.sources) && ` +
    `v.projected.sources.all(p, b.projected.sources.exists(q, p == q || ${sameSource('p', 'q', 'name', all)})))`;
  return {
    expression:
      `has(variables.pod.volumes) == has(variables.before.volumes) && (!has(variables.pod.volumes) || ` +
      `(size(variables.pod.volumes) == size(variables.before.volumes) && ` +
      `variables.pod.volumes.all(v, variables.before.volumes.exists(b, b.name == v.name && ` +
      `(b == v || ${sameSource('v', 'b', 'secretName', all)} || ${sources})))))`,
    message:
      'stepcanary may not change volumes, but for which copy of a ConfigMap or Secret they show: change them in the Deployment yourself, then release',
  };
};
