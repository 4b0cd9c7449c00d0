import { CanaryError, ErrorName } from '../errors.ts';
import type { Rollout } from '../rollout.ts';
import { Annotation } from './annotations.ts';
import { changeDeployment, readDeployment } from './change.ts';
import { type Actor, assertNotOver, assertOurs, generationNote } from './fence.ts';
import type { Deployment } from './objects.ts';
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

/** Copies the tested pod template to the primary. Repeating it changes nothing more. */
export const promote = async (api: ClusterApi, actor: Actor): Promise<Deployment> => {
  const { workload } = actor.rollout.spec;
  const canary = await readDeployment(api, workload.canary);
  assertOurs(canary, actor);
  assertTested(canary, actor.rollout);
  return changeDeployment(api, workload.primary, (primary) => {
    assertNotOver(primary, actor);
    return copyPatch(primary, canary, generationNote(actor));
  });
};
