import type { CanaryTemplate } from '../read-workload.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { Annotation } from './annotations.ts';
import { configHash, sameContent, type TrackedConfig } from './config/content.ts';
import { Places } from './config/places.ts';
import { trackedConfigs } from './config/tracked.ts';
import type { Deployment, PodTemplate } from './objects.ts';
import type { ClusterApi } from './ports.ts';
import { templateHash } from './template-hash.ts';

/** Images are compared by their tags: Git names a tag, a rollout pins its digest. */
const withoutDigests = ({ spec }: PodTemplate): PodTemplate => ({
  spec: {
    ...spec,
    containers: spec.containers.map((it) => ({
      ...it,
      ...(it.image !== undefined && { image: it.image.replace(/(:[^:/@]+)@.*$/, '$1') }),
    })),
  },
});

/** Whether both run the same pods, but for their labels, and for the names of the primary's copies. */
const sameTemplates = (canary: Deployment, primary: PodTemplate): boolean =>
  templateHash(withoutDigests(canary.spec.template)) === templateHash(withoutDigests(primary));

/** Whether the primary reads of each object what the canary would read of it now. One call for each copy. */
const sameConfigs = async (
  api: Pick<ClusterApi, 'config'>,
  configs: readonly TrackedConfig[],
  places: Places,
  primary: PodTemplate,
): Promise<boolean> => {
  for (const { reference, object } of configs) {
    const place = places.in(primary, reference);
    // Without a copy of its own it reads the very same object.
    if (place === undefined) continue;
    const copy = await api.config(reference.kind, place);
    if (copy === undefined || !sameContent(reference, object, copy)) return false;
  }
  return true;
};

/** What stands in the canary's pod template, and whether it is news; undefined where it has no such container. */
export const canaryTemplate = async (
  api: Pick<ClusterApi, 'config'>,
  spec: Pick<RolloutSpec, 'workload'>,
  canary: Deployment,
  primary: Deployment,
): Promise<CanaryTemplate | undefined> => {
  const { template } = canary.spec;
  const image = template.spec.containers.find(({ name }) => name === spec.workload.container)?.image;
  if (image === undefined) return undefined;
  const hash = templateHash(template);
  const { tracked } = await trackedConfigs(api, spec, template);
  const config = configHash(tracked);
  const places = new Places(template, spec.workload);
  const noted = canary.metadata.annotations ?? {};
  const configAsPrimary = await sameConfigs(api, tracked, places, primary.spec.template);
  return {
    image,
    hash,
    ...(config !== undefined && { config }),
    configIsNews: config !== undefined && noted[Annotation.Config] !== config && !configAsPrimary,
    // A rollout of before configuration was tracked noted none: nobody can tell, so it is taken for the same.
    byRollout:
      noted[Annotation.Written] === hash &&
      (noted[Annotation.Config] === undefined || noted[Annotation.Config] === config),
    asPrimary: configAsPrimary && sameTemplates(canary, places.asCanary(primary.spec.template)),
  };
};
