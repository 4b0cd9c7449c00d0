import { CanaryError, ErrorName } from '../errors.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { Serving } from '../tasks.ts';
import type { Deployment, Pod } from './objects.ts';
import type { ClusterApi } from './ports.ts';

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

/** What the primary runs. Throws Canary.Refused where there is no such Deployment, or no such container in it. */
export const servingNow = async (
  api: ClusterApi,
  { workload }: Pick<RolloutSpec, 'workload'>,
): Promise<Serving> => {
  const { primary, container, namespace } = workload;
  const deployment = await api.deployment(primary);
  const image = deployment?.spec.template.spec.containers.find(({ name }) => name === container)?.image;
  if (deployment === undefined || image === undefined) {
    const what =
      deployment === undefined ? `no Deployment ${primary}` : `no container ${container} in ${primary}`;
    throw new CanaryError(ErrorName.Refused, `workload.primary: there is ${what} in namespace ${namespace}`);
  }
  const pods = await api.pods(deployment.spec.selector.matchLabels ?? {});
  const digest = runningDigest(deployment, container, pods);
  return { image, ...(digest !== undefined && { digest }) };
};
