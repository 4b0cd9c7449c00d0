import { CanaryError, ErrorName } from '../../errors.ts';
import type { RolloutSpec } from '../../spec/schema.ts';
import { Annotation } from '../annotations.ts';
import type { Deployment } from '../objects.ts';
import type { ClusterApi } from '../ports.ts';
import { configHash, type TrackedConfig } from './content.ts';
import { configId } from './references.ts';
import { trackedConfigs } from './tracked.ts';

/** How many names a sentence lists. */
const NAMED = 3;

/** `ConfigMap/podinfo-config and Secret/podinfo-tls`, or how many more. */
export const namesOf = (configs: readonly TrackedConfig[]): string => {
  const names = configs.map(({ reference }) => configId(reference));
  const more = names.length - NAMED;
  const listed = more > 0 ? [...names.slice(0, NAMED), `${more} more`] : names;
  return listed.length < 2 ? listed.join('') : `${listed.slice(0, -1).join(', ')} and ${listed.at(-1)}`;
};

/**
 * The configuration of the release under test. Throws Canary.PodsFailed when it is no more what the canary's first pods
 * read: pods that start later would read something else, and what was proven is not there any more.
 */
export const testedConfigs = async (
  api: Pick<ClusterApi, 'config'>,
  spec: Pick<RolloutSpec, 'workload'>,
  canary: Deployment,
): Promise<readonly TrackedConfig[]> => {
  const noted = canary.metadata.annotations?.[Annotation.Config];
  const { tracked } = await trackedConfigs(api, spec, canary.spec.template);
  if (configHash(tracked) === noted) return tracked;
  const what = tracked.length === 0 ? 'its configuration' : namesOf(tracked);
  const message = `superseded: somebody changed what ${canary.metadata.name} reads (${what}) after it was deployed`;
  throw new CanaryError(ErrorName.PodsFailed, message);
};
