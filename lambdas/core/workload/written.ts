import type { CanaryTemplate } from '../read-workload.ts';
import { Annotation } from './annotations.ts';
import type { Deployment, PodTemplate } from './objects.ts';
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

/** Whether both run the same pods, but for their labels. */
const sameAs = (one: Deployment, other: Deployment): boolean =>
  templateHash(withoutDigests(one.spec.template)) === templateHash(withoutDigests(other.spec.template));

/** What stands in the canary's pod template, and whether it is news; undefined where it has no such container. */
export const canaryTemplate = (
  canary: Deployment,
  primary: Deployment,
  container: string,
): CanaryTemplate | undefined => {
  const image = canary.spec.template.spec.containers.find(({ name }) => name === container)?.image;
  if (image === undefined) return undefined;
  const hash = templateHash(canary.spec.template);
  return {
    image,
    hash,
    byRollout: canary.metadata.annotations?.[Annotation.Written] === hash,
    asPrimary: sameAs(canary, primary),
  };
};
