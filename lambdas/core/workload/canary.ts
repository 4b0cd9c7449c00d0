import { Annotation } from './annotations.ts';
import { changeAutoscaler, changeDeployment, readDeployment } from './change.ts';
import { configHash } from './config/content.ts';
import { trackedConfigs } from './config/tracked.ts';
import { deployPatch, retirePatch, scalePatch, testedPatch } from './deploy.ts';
import { type Actor, assertNotOver, assertOurs, otherHolder } from './fence.ts';
import { raiseLimits, restoreLimits } from './limits.ts';
import type { Autoscaler, Deployment } from './objects.ts';
import type { ClusterApi } from './ports.ts';
import { templateHash } from './template-hash.ts';

/**
 * Puts the release on the canary with `needed` pods. Repeating it changes nothing more. What is tested is what the API
 * server made of it: a mutating webhook may have added to the template.
 */
export const deployOn = async (api: ClusterApi, actor: Actor, needed: number): Promise<Deployment> => {
  const { spec } = actor.rollout;
  const { canary } = spec.workload;
  const found = await readDeployment(api, canary);
  assertNotOver(found, actor);
  const config = configHash((await trackedConfigs(api, spec, found.spec.template)).tracked);
  const autoscaled = await changeAutoscaler(api, canary, (autoscaler) => raiseLimits(autoscaler, needed));
  const deployed = await changeDeployment(api, canary, (deployment) => {
    assertNotOver(deployment, actor);
    return deployPatch(deployment, actor, { needed, autoscaled, config });
  });
  const tested = templateHash(deployed.spec.template);
  if (deployed.metadata.annotations?.[Annotation.Template] === tested) return deployed;
  return changeDeployment(api, canary, (deployment) => {
    assertOurs(deployment, actor);
    return testedPatch(deployment, tested);
  });
};

/**
 * Sees that the canary gets `needed` pods, and keeps those it has. Tells whether it had to be asked for more.
 * @param listed the namespace's autoscalers, where they have just been listed
 */
export const growCanary = async (
  api: ClusterApi,
  actor: Actor,
  needed: number,
  listed?: readonly Autoscaler[],
): Promise<{ readonly canary: Deployment; readonly grew: boolean }> => {
  const name = actor.rollout.spec.workload.canary;
  let grew = false;
  const raise = (autoscaler: Autoscaler) => {
    const patch = raiseLimits(autoscaler, needed);
    grew ||= patch !== undefined;
    return patch;
  };
  const autoscaled = await changeAutoscaler(api, name, raise, listed);
  const canary = await changeDeployment(api, name, (deployment) => {
    assertOurs(deployment, actor);
    const patch = scalePatch(deployment, { needed, autoscaled });
    grew ||= patch !== undefined;
    return patch;
  });
  return { canary, grew };
};

/**
 * Takes all pods from the canary and gives its autoscaler its own limits back. A canary that carries another execution's
 * release is left alone; one that carries nobody's is only marked, so that a late deploy of this one brings no pods.
 * @returns false where the canary is another execution's
 */
export const retire = async (api: ClusterApi, actor: Actor): Promise<boolean> => {
  const name = actor.rollout.spec.workload.canary;
  const canary = await api.deployment(name);
  if (canary === undefined) return true;
  if (otherHolder(canary, actor) !== undefined) return false;
  if (carries(canary, actor)) await changeAutoscaler(api, name, restoreLimits);
  let ours = true;
  await changeDeployment(api, name, (deployment) => {
    ours = otherHolder(deployment, actor) === undefined;
    return ours ? retirePatch(deployment, actor, carries(deployment, actor)) : undefined;
  });
  return ours;
};

/** Whether a canary has this execution's release: by its annotation, or where somebody took that away, by its image. */
const carries = ({ metadata, spec }: Deployment, { rollout }: Actor): boolean => {
  const holder = metadata.annotations?.[Annotation.Execution];
  if (holder !== undefined) return holder === rollout.execution.arn;
  const { container } = rollout.spec.workload;
  return spec.template.spec.containers.some(
    ({ name, image }) => name === container && image === rollout.release.image,
  );
};
