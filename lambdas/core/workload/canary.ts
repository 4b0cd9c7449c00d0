import type { Rollout } from '../rollout.ts';
import { changeAutoscaler, changeDeployment } from './change.ts';
import { deployPatch, retirePatch, scalePatch } from './deploy.ts';
import { assertOurs } from './fence.ts';
import { raiseLimits, restoreLimits } from './limits.ts';
import type { Deployment } from './objects.ts';
import type { ClusterApi } from './ports.ts';

/** Puts the release on the canary with `needed` pods. Repeating it changes nothing more. */
export const deployOn = async (api: ClusterApi, rollout: Rollout, needed: number): Promise<Deployment> => {
  const { canary } = rollout.spec.workload;
  const autoscaled = await changeAutoscaler(api, canary, (autoscaler) => raiseLimits(autoscaler, needed));
  return changeDeployment(api, canary, (deployment) =>
    deployPatch(deployment, rollout, { needed, autoscaled }),
  );
};

/** Sees that the canary gets `needed` pods, and keeps those it has. Tells whether it had to be asked for more. */
export const growCanary = async (
  api: ClusterApi,
  rollout: Rollout,
  needed: number,
): Promise<{ readonly canary: Deployment; readonly grew: boolean }> => {
  const name = rollout.spec.workload.canary;
  let grew = false;
  const autoscaled = await changeAutoscaler(api, name, (autoscaler) => {
    const patch = raiseLimits(autoscaler, needed);
    grew ||= patch !== undefined;
    return patch;
  });
  const canary = await changeDeployment(api, name, (deployment) => {
    assertOurs(deployment, rollout);
    const patch = scalePatch(deployment, { needed, autoscaled });
    grew ||= patch !== undefined;
    return patch;
  });
  return { canary, grew };
};

/** Takes all pods from the canary and gives its autoscaler its own limits back. */
export const retire = async (api: ClusterApi, rollout: Rollout): Promise<void> => {
  const name = rollout.spec.workload.canary;
  const canary = await api.deployment(name);
  if (canary === undefined) return;
  assertOurs(canary, rollout);
  await changeAutoscaler(api, name, restoreLimits);
  await changeDeployment(api, name, (deployment) => {
    assertOurs(deployment, rollout);
    return retirePatch(deployment);
  });
};
