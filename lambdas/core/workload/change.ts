import { CanaryError, ErrorName } from '../errors.ts';
import type { Autoscaler, Deployment } from './objects.ts';
import { type ClusterApi, type Patch, WriteConflict } from './ports.ts';

/** Reads and writes until nobody writes in between. Kubernetes clients take 5 tries (client-go `retry.DefaultRetry`). */
const TRIES = 5;

/** Tries again while others write in between. Throws Canary.Transient when they never stop. */
export const untilSettled = async <T>(name: string, attempt: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
      if (tries === TRIES) {
        const message = `${name} was changed by others at each of ${TRIES} tries to write it`;
        throw new CanaryError(ErrorName.Transient, message, { cause: error });
      }
    }
  }
};

/** The Deployment; Canary.PodsFailed when it is gone, for then there is nothing to wait for. */
export const readDeployment = async (api: ClusterApi, name: string): Promise<Deployment> => {
  const found = await api.deployment(name);
  if (found !== undefined) return found;
  throw new CanaryError(ErrorName.PodsFailed, `the Deployment ${name} is gone`);
};

/**
 * Changes a Deployment by a patch that is made from how it stands and holds its resourceVersion; decided anew when others
 * wrote meanwhile. Writes nothing when the decision is undefined. Returns the Deployment afterwards.
 */
export const changeDeployment = (
  api: ClusterApi,
  name: string,
  decide: (deployment: Deployment) => Patch | undefined,
): Promise<Deployment> =>
  untilSettled(name, async () => {
    const deployment = await readDeployment(api, name);
    const patch = decide(deployment);
    return patch === undefined ? deployment : api.patchDeployment(name, patch);
  });

/** The autoscaler that scales a Deployment, if there is one. */
const autoscalerOf = (autoscalers: readonly Autoscaler[], deployment: string): Autoscaler | undefined =>
  autoscalers.find(
    ({ spec }) => spec.scaleTargetRef.kind === 'Deployment' && spec.scaleTargetRef.name === deployment,
  );

/**
 * The same as `changeDeployment`, for the autoscaler of a Deployment. Returns whether there is one.
 * @param listed the namespace's autoscalers, where they have just been listed; they are listed anew when others wrote since
 */
export const changeAutoscaler = (
  api: ClusterApi,
  deployment: string,
  decide: (autoscaler: Autoscaler) => Patch | undefined,
  listed?: readonly Autoscaler[],
): Promise<boolean> => {
  let known = listed;
  return untilSettled(`the autoscaler of ${deployment}`, async () => {
    const autoscaler = autoscalerOf(known ?? (await api.autoscalers()), deployment);
    known = undefined;
    const patch = autoscaler && decide(autoscaler);
    if (autoscaler !== undefined && patch !== undefined)
      await api.patchAutoscaler(autoscaler.metadata.name, patch);
    return autoscaler !== undefined;
  });
};
