import { CanaryError, ErrorName } from '../../errors.ts';
import type { RolloutInput } from '../../rollout.ts';
import { Annotation } from '../annotations.ts';
import type { Deployment, PodTemplate } from '../objects.ts';
import type { ClusterApi, PatchOptions } from '../ports.ts';
import { type ConfigObject, sameContent, type TrackedConfig } from './content.ts';
import { Places } from './places.ts';
import { configId, withConfigNames } from './references.ts';

/** Label of everything that stepcanary makes. */
const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'stepcanary' };

/** In whose name copies are made. */
export interface CopyOwner {
  readonly rollout: Pick<RolloutInput, 'service' | 'spec'>;
  /** The claim's number; 0 where there is none, as before a rollout. */
  readonly generation: number;
}

/** Where the primary is to read an object of the release. */
export interface Copy extends TrackedConfig {
  /** The copy's name. */
  readonly place: string;
  /** What stands there; undefined where nothing does. */
  readonly present?: ConfigObject;
  /** Whether the primary can read it there as it stands. */
  readonly kept: boolean;
}

const generationOf = ({ metadata }: ConfigObject): number =>
  Number(metadata.annotations?.[Annotation.Generation] ?? 0);

/** Whether an object was made by this very service, as a copy of that one: nothing else is ever written over. */
const isOurs = (present: ConfigObject, { object }: TrackedConfig, { rollout }: CopyOwner): boolean =>
  present.metadata.annotations?.[Annotation.CopyOf] === object.metadata.name &&
  present.metadata.annotations?.[Annotation.Service] === rollout.service;

const placeFor = async (
  api: Pick<ClusterApi, 'config'>,
  owner: CopyOwner,
  config: TrackedConfig,
  { places, primary }: { places: Places; primary: Deployment },
): Promise<Copy> => {
  const { kind, name } = config.reference;
  const read = places.in(primary.spec.template, config.reference);
  if (read !== undefined) {
    const present = await api.config(kind, read);
    if (present !== undefined && sameContent(config.reference, config.object, present))
      return { ...config, place: read, present, kept: true };
  }
  for (const place of places.of(config.reference)) {
    if (place === read) continue;
    const present = await api.config(kind, place);
    if (present === undefined) return { ...config, place, kept: false };
    if (isOurs(present, config, owner)) {
      // A Secret's type cannot change.
      if (present.type !== config.object.type) continue;
      return { ...config, place, present, kept: sameContent(config.reference, config.object, present) };
    }
  }
  const taken = places.of(config.reference).join(', ');
  const fix = `rename ${kind} ${name}, or annotate it stepcanary/config-tracking: disabled`;
  throw new CanaryError(
    ErrorName.Refused,
    `a copy of ${kind} ${name} for the primary has no place: ${taken} are other people's, or read by the primary; ${fix}`,
  );
};

/**
 * Where the primary will read each object of the release: where it reads now, as long as that says the same; else where
 * its present pods do not read, so that they keep what they have until they are gone. Writes nothing. Throws Canary.Refused
 * where every place is somebody else's.
 */
export const planCopies = async (
  api: Pick<ClusterApi, 'config'>,
  owner: CopyOwner,
  configs: readonly TrackedConfig[],
  { primary, canary }: { readonly primary: Deployment; readonly canary: PodTemplate },
): Promise<readonly Copy[]> => {
  if (configs.length === 0) return [];
  const places = new Places(canary, owner.rollout.spec.workload);
  const copies: Copy[] = [];
  for (const config of configs) copies.push(await placeFor(api, owner, config, { places, primary }));
  return copies;
};

/**
 * The copy as it is applied: content and type, nothing of the original's labels, for a GitOps controller would take it for
 * its own and prune it. It goes with the primary (`ownerReferences`).
 */
const appliedCopy = ({ place, object, present }: Copy, owner: CopyOwner, primary: Deployment): object => ({
  apiVersion: 'v1',
  kind: object.kind,
  metadata: {
    name: place,
    // Another version than the server's is a conflict: what lands late changes nothing.
    ...(present !== undefined && { resourceVersion: present.metadata.resourceVersion }),
    labels: MANAGED_BY,
    annotations: {
      [Annotation.CopyOf]: object.metadata.name,
      [Annotation.Service]: owner.rollout.service,
      ...(owner.generation > 0 && { [Annotation.Generation]: String(owner.generation) }),
    },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: primary.metadata.name, uid: primary.metadata.uid },
    ],
  },
  ...(object.type !== undefined && { type: object.type }),
  ...(object.data !== undefined && { data: object.data }),
  ...(object.binaryData !== undefined && { binaryData: object.binaryData }),
});

/**
 * Writes the copies that are not there yet, by server-side apply. Repeating it writes nothing more. Throws Canary.Fenced
 * where a later claim wrote one, WriteConflict where somebody did meanwhile.
 */
export const writeCopies = async (
  api: Pick<ClusterApi, 'applyConfig'>,
  owner: CopyOwner,
  copies: readonly Copy[],
  primary: Deployment,
  options?: PatchOptions,
): Promise<void> => {
  for (const copy of copies) {
    const { kept, present, place, object } = copy;
    if (kept) continue;
    if (present !== undefined && owner.generation > 0 && generationOf(present) > owner.generation)
      throw new CanaryError(
        ErrorName.Fenced,
        `${object.kind} ${place} was written by claim ${generationOf(present)}, this execution holds claim ${owner.generation}`,
      );
    // Of a copy that is ours every field is; one that is made now takes none from whoever made it first.
    await api.applyConfig(object.kind, place, appliedCopy(copy, owner, primary), {
      ...options,
      force: present !== undefined,
    });
  }
};

/** The canary's pod template with the copies' names. */
export const readingCopies = (template: PodTemplate, copies: readonly Copy[]): PodTemplate => {
  const places = new Map(copies.map(({ reference, place }) => [configId(reference), place]));
  return withConfigNames(template, (reference) => places.get(configId(reference)) ?? reference.name);
};
