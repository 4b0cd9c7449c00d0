import { CanaryError, ErrorName } from '../errors.ts';
import { OUR_PREFIX } from './annotations.ts';
import { primaryLabels, selects } from './labels.ts';
import type { Deployment, Labels, PodTemplate } from './objects.ts';
import type { JsonPatchOperation, Patch } from './ports.ts';

/** Fields beside the template that Flagger copies too, for they decide how its pods roll (pkg/canary/deployment_controller.go). */
const ROLLING = ['strategy', 'minReadySeconds', 'progressDeadlineSeconds', 'revisionHistoryLimit'] as const;

type Json = { readonly [member: string]: unknown };
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A label selector for the canary's pods made one for the primary's: values of the labels that differ are exchanged. */
const renamedSelector = (selector: unknown, from: Labels, to: Labels): unknown => {
  if (!isObject(selector)) return selector;
  const rename = (key: string, value: unknown) =>
    value === from[key] && to[key] !== undefined ? to[key] : value;
  const { matchLabels, matchExpressions } = selector;
  return {
    ...selector,
    ...(isObject(matchLabels) && {
      matchLabels: Object.fromEntries(
        Object.entries(matchLabels).map(([key, value]) => [key, rename(key, value)]),
      ),
    }),
    ...(Array.isArray(matchExpressions) && {
      matchExpressions: matchExpressions.map((expression: Json) => ({
        ...expression,
        ...(Array.isArray(expression.values) && {
          values: expression.values.map((value) => rename(String(expression.key), value)),
        }),
      })),
    }),
  };
};

/** Renames within every `labelSelector` of affinities and topology constraints. */
const renamed = (value: unknown, from: Labels, to: Labels): unknown => {
  if (Array.isArray(value)) return value.map((it) => renamed(it, from, to));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === 'labelSelector' ? renamedSelector(member, from, to) : renamed(member, from, to),
    ]),
  );
};

const withoutOurs = (annotations: Labels): Labels =>
  Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith(OUR_PREFIX)));

/**
 * The tested pod template as the primary runs it: whole, but with the labels by which the primary's pods are selected, in
 * its affinities and topology constraints too. Throws Canary.Refused when the result would not be the primary's, or would
 * be the canary's too.
 */
export const copiedTemplate = (
  primary: Pick<Deployment, 'metadata' | 'spec'>,
  canary: Pick<Deployment, 'metadata' | 'spec'>,
): PodTemplate => {
  const { metadata = {}, spec } = canary.spec.template;
  const from = metadata.labels ?? {};
  const own = primary.spec.template.metadata?.labels ?? {};
  const labels = primaryLabels(
    { labels: own, selector: primary.spec.selector },
    { labels: from, selector: canary.spec.selector },
  );
  if (!selects(primary.spec.selector, labels) || selects(canary.spec.selector, labels)) {
    const message = `the pods of ${primary.metadata.name} cannot be told from those of ${canary.metadata.name} by their labels; give each Deployment a selector of its own`;
    throw new CanaryError(ErrorName.Refused, message);
  }
  const { affinity, topologySpreadConstraints: topology, ...rest } = spec;
  return {
    metadata: {
      ...metadata,
      labels,
      ...(metadata.annotations && { annotations: withoutOurs(metadata.annotations) }),
    },
    spec: {
      ...rest,
      ...(affinity !== undefined && { affinity: renamed(affinity, from, labels) }),
      ...(topology !== undefined && { topologySpreadConstraints: renamed(topology, from, labels) }),
    },
  };
};

/**
 * Copies the tested template to the primary, whole: members that the canary does not have go.
 * @param notes annotations of the primary itself to set beside
 */
export const copyPatch = (
  primary: Deployment,
  canary: Deployment,
  notes: Readonly<Record<string, string>> = {},
): Patch => {
  const rolling = ROLLING.flatMap((field): JsonPatchOperation[] => {
    const value = canary.spec[field];
    return value === undefined ? [] : [{ op: 'add', path: `/spec/${field}`, value }];
  });
  return {
    type: 'json',
    body: [
      // Another version than the server's is a conflict.
      { op: 'replace', path: '/metadata/resourceVersion', value: primary.metadata.resourceVersion },
      { op: 'replace', path: '/spec/template', value: copiedTemplate(primary, canary) },
      ...rolling,
      // As one member, for a JSON patch adds no annotation to a Deployment that has none.
      ...(Object.keys(notes).length === 0
        ? []
        : [
            {
              op: 'add',
              path: '/metadata/annotations',
              value: { ...primary.metadata.annotations, ...notes },
            } as const,
          ]),
    ],
  };
};
