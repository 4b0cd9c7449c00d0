import type { Deployment, Pod } from './objects.ts';

const digestIn = (text: string | undefined): string | undefined =>
  /sha256:[0-9a-f]{64}/.exec(text ?? '')?.[0];

/**
 * The digest that a Deployment's pods run in a container: the one that is written in its image, else the one on which all
 * of its pods agree. Undefined where they differ, as in the middle of a rollout.
 */
export const runningDigest = (
  deployment: Deployment,
  container: string,
  pods: readonly Pod[],
): string | undefined => {
  const image = deployment.spec.template.spec.containers.find(({ name }) => name === container)?.image;
  const written = digestIn(image?.split('@')[1]);
  if (written !== undefined) return written;
  const found = pods
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .filter(({ name }) => name === container)
    .map(({ imageID }) => digestIn(imageID));
  return new Set(found).size === 1 ? found[0] : undefined;
};
