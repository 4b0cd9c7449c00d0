import { CanaryError, ErrorName } from '../errors.ts';
import type { Rollout } from '../rollout.ts';
import { Annotation } from './annotations.ts';
import { changeDeployment, readDeployment, untilSettled } from './change.ts';
import { planCopies, readingCopies, writeCopies } from './config/copies.ts';
import { testedConfigs } from './config/tested.ts';
import { type Actor, assertNotOver, assertOurs, generationNote } from './fence.ts';
import type { Deployment, PodTemplate } from './objects.ts';
import type { ClusterApi } from './ports.ts';
import { copyPatch } from './template.ts';
import { templateHash } from './template-hash.ts';

/** Throws Canary.PodsFailed when the canary is no more what was tested. */
const assertTested = (canary: Deployment, { spec, release }: Rollout): void => {
  const { metadata, spec: of } = canary;
  const { container } = spec.workload;
  const image = of.template.spec.containers.find(({ name }) => name === container)?.image;
  const tested = metadata.annotations?.[Annotation.Template];
  if (image === release.image && (tested === undefined || tested === templateHash(of.template))) return;
  const message = `superseded: somebody changed the pod template of ${metadata.name} after it was tested (${container} is ${image})`;
  throw new CanaryError(ErrorName.PodsFailed, message);
};

/** Copies what the canary read where the primary will read it: before its template says so, so that no pod of it starts without. */
const copyConfigs = (api: ClusterApi, actor: Actor, canary: Deployment): Promise<PodTemplate> => {
  const { spec } = actor.rollout;
  return untilSettled(`the copies for ${spec.workload.primary}`, async () => {
    const configs = await testedConfigs(api, spec, canary);
    if (configs.length === 0) return canary.spec.template;
    const primary = await readDeployment(api, spec.workload.primary);
    assertNotOver(primary, actor);
    const copies = await planCopies(api, actor, configs, { primary, canary: canary.spec.template });
    await writeCopies(api, actor, copies, primary);
    return readingCopies(canary.spec.template, copies);
  });
};

/**
 * Copies the tested pod template to the primary, and before it the ConfigMaps and Secrets that it reads. Repeating it
 * changes nothing more.
 */
export const promote = async (api: ClusterApi, actor: Actor): Promise<Deployment> => {
  const { workload } = actor.rollout.spec;
  const canary = await readDeployment(api, workload.canary);
  assertOurs(canary, actor);
  assertTested(canary, actor.rollout);
  const template = await copyConfigs(api, actor, canary);
  return changeDeployment(api, workload.primary, (primary) => {
    assertNotOver(primary, actor);
    return copyPatch(primary, { ...canary, spec: { ...canary.spec, template } }, generationNote(actor));
  });
};
