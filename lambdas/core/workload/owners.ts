import { Annotation } from './annotations.ts';
import type { Deployment, FieldTree } from './objects.ts';

/** A field that a rollout writes. */
export interface WrittenField {
  /** As people and Argo CD write it. */
  readonly name: string;
  /** Steps in `managedFields`. */
  readonly path: readonly string[];
  /** For Argo CD's `ignoreDifferences`. */
  readonly jq: string;
}

const TEMPLATE = ['f:spec', 'f:template', 'f:spec', 'f:containers'];

/** What a rollout writes on the canary: replicas, and the image of its container. */
export const canaryFields = (container: string): readonly WrittenField[] => [
  { name: 'spec.replicas', path: ['f:spec', 'f:replicas'], jq: '.spec.replicas' },
  {
    name: `image of container ${container}`,
    path: [...TEMPLATE, `k:{"name":"${container}"}`, 'f:image'],
    jq: `.spec.template.spec.containers[] | select(.name == "${container}") | .image`,
  },
];

/** What it writes on the primary: replicas, where its floor must be put back, and the pod template, whole. */
export const primaryFields: readonly WrittenField[] = [
  { name: 'spec.replicas', path: ['f:spec', 'f:replicas'], jq: '.spec.replicas' },
  { name: 'spec.template', path: ['f:spec', 'f:template'], jq: '.spec.template' },
];

type Kind = 'argo' | 'flux' | 'helm';

/** Managers that put their own values back, by the names under which they write fields. */
const kindOf = (manager: string): Kind | undefined => {
  if (/^argocd/.test(manager)) return 'argo';
  if (/^(kustomize-controller|helm-controller|flux)/.test(manager)) return 'flux';
  if (/^helm$/i.test(manager)) return 'helm';
  return undefined;
};

const owns = (tree: FieldTree | undefined, path: readonly string[]): boolean =>
  path.reduce<FieldTree | undefined>((at, step) => at?.[step], tree) !== undefined;

/** Objects that Flux leaves alone say so themselves (kustomize-controller and helm-controller documentation). */
const leftAlone = (kind: Kind, annotations: Readonly<Record<string, string>>): boolean =>
  kind === 'flux' &&
  (annotations['kustomize.toolkit.fluxcd.io/reconcile'] === 'disabled' ||
    annotations['helm.toolkit.fluxcd.io/driftDetection'] === 'disabled' ||
    /^(IfNotPresent|Ignore)$/.test(annotations['kustomize.toolkit.fluxcd.io/ssa'] ?? ''));

const jqPaths = (fields: readonly WrittenField[]): string =>
  [...new Set(fields.map(({ jq }) => `'${jq}'`))].join(', ');

const argoLines = (name: string, fields: readonly WrittenField[]): string[] => [
  '  in the Argo CD Application:',
  '    spec:',
  '      ignoreDifferences:',
  `        - { group: apps, kind: Deployment, name: ${name}, jqPathExpressions: [${jqPaths(fields)}] }`,
  '      syncPolicy:',
  '        syncOptions: [RespectIgnoreDifferences=true]',
];

const fixFor = (kind: Kind, manager: string, name: string, fields: readonly WrittenField[]): string => {
  const share = `  and on the Deployment, which says that this is done: annotations: { ${Annotation.SharedWith}: ${manager} }`;
  if (kind === 'argo') return [...argoLines(name, fields), share].join('\n');
  if (kind === 'helm') {
    const how = `  leave replicas out of the chart and set its image to the running one at each helm upgrade`;
    return [how, share].join('\n');
  }
  const annotation =
    manager === 'helm-controller'
      ? 'helm.toolkit.fluxcd.io/driftDetection: disabled'
      : 'kustomize.toolkit.fluxcd.io/ssa: IfNotPresent';
  return `  on the Deployment in Git: annotations: { ${annotation} }`;
};

const sharedWith = (deployment: Deployment): readonly string[] =>
  (deployment.metadata.annotations?.[Annotation.SharedWith] ?? '').split(',').map((it) => it.trim());

/**
 * One problem per GitOps or Helm manager that owns what a rollout writes and would put its own value back, with the lines
 * that settle it. Managers that leave the object alone, or of whom people say so, are no problem.
 */
export const ownerProblems = (
  deployment: Deployment,
  written: readonly WrittenField[],
): readonly string[] => {
  const { name, annotations = {}, managedFields = [] } = deployment.metadata;
  const owned = new Map<string, WrittenField[]>();
  for (const { manager = '', fieldsV1, subresource } of managedFields) {
    if (subresource === 'status') continue;
    const fields = written.filter(({ path }) => owns(fieldsV1, path));
    if (fields.length > 0) owned.set(manager, [...(owned.get(manager) ?? []), ...fields]);
  }
  return [...owned].flatMap(([manager, fields]) => {
    const kind = kindOf(manager);
    if (kind === undefined || leftAlone(kind, annotations) || sharedWith(deployment).includes(manager))
      return [];
    const names = [...new Set(fields.map((field) => field.name))].join(' and ');
    return [
      `${manager} owns ${names} of the Deployment ${name} and would put its own value back; settle it with\n${fixFor(kind, manager, name, fields)}`,
    ];
  });
};
