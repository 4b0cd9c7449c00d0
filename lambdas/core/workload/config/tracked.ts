import { type TrackedNames, trackingOf } from '../../spec/config-tracking.ts';
import type { RolloutSpec } from '../../spec/schema.ts';
import type { PodTemplate } from '../objects.ts';
import type { ClusterApi } from '../ports.ts';
import type { ConfigObject, TrackedConfig } from './content.ts';
import { type ConfigReference, configId, configReferences } from './references.ts';

/** Annotations on a ConfigMap or Secret that take it out: ours, and the one that Flagger reads (pkg/canary/config_tracker.go). */
const OPT_OUT = ['stepcanary/config-tracking', 'flagger.app/config-tracking'] as const;

/** Secrets that people write; others are made by controllers, and change by themselves (Flagger tracks these four, too). */
export const SECRET_TYPES: readonly string[] = [
  'Opaque',
  'kubernetes.io/basic-auth',
  'kubernetes.io/ssh-auth',
  'kubernetes.io/tls',
];

/** What of a pod template's configuration is part of the release. */
export interface TrackedConfigs {
  readonly tracked: readonly TrackedConfig[];
  /** Without these, pods do not start. */
  readonly missing: readonly ConfigReference[];
  /** What the template reads and the spec leaves out. */
  readonly left: readonly ConfigReference[];
  /** What the spec names and the template does not read: `Secret/podinfo-tokn`. */
  readonly unread: readonly string[];
}

const namedIn = (workload: RolloutSpec['workload']): readonly string[] => {
  const { configMaps, secrets } = trackingOf(workload);
  const ids = (kind: ConfigReference['kind'], names: TrackedNames) =>
    names === 'all' ? [] : names.map((name) => configId({ kind, name }));
  return [...ids('ConfigMap', configMaps), ...ids('Secret', secrets)];
};

const isWanted = (
  workload: RolloutSpec['workload'],
  { kind, name }: Pick<ConfigReference, 'kind' | 'name'>,
): boolean => {
  const { configMaps, secrets } = trackingOf(workload);
  const names = kind === 'ConfigMap' ? configMaps : secrets;
  return names === 'all' || names.includes(name);
};

const isTrackable = ({ kind, metadata, type = 'Opaque' }: ConfigObject): boolean =>
  !OPT_OUT.some((name) => metadata.annotations?.[name] === 'disabled') &&
  (kind === 'ConfigMap' || SECRET_TYPES.includes(type));

/** Reads the ConfigMaps and Secrets that a pod template refers to, those that are part of a release. One call for each name. */
export const trackedConfigs = async (
  api: Pick<ClusterApi, 'config'>,
  { workload }: Pick<RolloutSpec, 'workload'>,
  template: PodTemplate,
): Promise<TrackedConfigs> => {
  const read = configReferences(template);
  const wanted = read.filter((reference) => isWanted(workload, reference));
  const tracked: TrackedConfig[] = [];
  const missing: ConfigReference[] = [];
  // One after the other, so that faults come in the same order in every run.
  for (const reference of wanted) {
    const object = await api.config(reference.kind, reference.name);
    if (object === undefined) {
      if (!reference.optional) missing.push(reference);
    } else if (isTrackable(object)) tracked.push({ reference, object });
  }
  const known = new Set(read.map(configId));
  return {
    tracked,
    missing,
    left: read.filter((reference) => !wanted.includes(reference)),
    unread: namedIn(workload).filter((id) => !known.has(id)),
  };
};
