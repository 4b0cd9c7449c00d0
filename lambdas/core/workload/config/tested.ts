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
 * The configuration of the release under test; `changed` says that it is no more what the canary's first pods read: pods that
 * start later would read something else, and what was proven is not there any more.
 */
export const configsUnderTest = async (
  api: Pick<ClusterApi, 'config'>,
  spec: Pick<RolloutSpec, 'workload'>,
  canary: Deployment,
): Promise<{ readonly tracked: readonly TrackedConfig[]; readonly changed?: string }> => {
  const noted = canary.metadata.annotations?.[Annotation.Config];
  const { tracked } = await trackedConfigs(api, spec, canary.spec.template);
  if (configHash(tracked) === noted) return { tracked };
  const what = tracked.length === 0 ? 'its configuration' : namesOf(tracked);
  const changed = `somebody changed what ${canary.metadata.name} reads (${what}) after it was deployed`;
  return { tracked, changed };
};

/** That another configuration is there now ends a rollout: Canary.PodsFailed. */
export const supersededBy = (changed: string): CanaryError =>
  new CanaryError(ErrorName.PodsFailed, `superseded: ${changed}`);

/** The configuration of the release under test. Throws Canary.PodsFailed when it is there no more. */
export const testedConfigs = async (
  ...of: Parameters<typeof configsUnderTest>
): Promise<readonly TrackedConfig[]> => {
  const { tracked, changed } = await configsUnderTest(...of);
  if (changed !== undefined) throw supersededBy(changed);
  return tracked;
};
