import { Annotation } from './annotations.ts';
import { changeAutoscaler, changeDeployment } from './change.ts';
import { raiseLimits, restoreLimits } from './limits.ts';
import type { Autoscaler, Deployment } from './objects.ts';
import type { ClusterApi, Patch } from './ports.ts';

const withReplicas = ({ metadata }: Deployment, replicas: number, remembered: string | null): Patch => ({
  type: 'merge',
  body: {
    metadata: {
      resourceVersion: metadata.resourceVersion,
      annotations: { [Annotation.Replicas]: remembered },
    },
    spec: { replicas },
  },
});

const raise = (primary: Deployment, floor: number): Patch | undefined => {
  const present = primary.spec.replicas ?? 1;
  if (present >= floor) return undefined;
  return withReplicas(primary, floor, primary.metadata.annotations?.[Annotation.Replicas] ?? String(present));
};

const lower = (primary: Deployment): Patch | undefined => {
  const own = primary.metadata.annotations?.[Annotation.Replicas];
  // Whoever scaled a serving primary to zero does so again, if it was meant.
  return own === undefined ? undefined : withReplicas(primary, Math.max(1, Number(own)), null);
};

/** The primary after its floor was seen to. */
export interface HeldPrimary {
  /** Whether replicas had to be raised to the floor. */
  readonly raised: boolean;
  /** What carries the service's traffic now: at least the floor, more when traffic has grown since the claim. */
  readonly replicas: number;
}

/**
 * Holds the primary at its floor (I9): its autoscaler may not go below, and where somebody scaled it below already it is
 * scaled back. What others wanted is noted, to return to at the end.
 * @param listed the namespace's autoscalers, where they have just been listed
 */
export const holdFloor = async (
  api: ClusterApi,
  primary: string,
  floor: number,
  listed?: readonly Autoscaler[],
): Promise<HeldPrimary> => {
  await changeAutoscaler(api, primary, (autoscaler) => raiseLimits(autoscaler, floor), listed);
  let raised = false;
  const held = await changeDeployment(api, primary, (deployment) => {
    const patch = raise(deployment, floor);
    raised = patch !== undefined;
    return patch;
  });
  return { raised, replicas: Math.max(floor, held.spec.replicas ?? 1) };
};

/** Returns the primary to the limits and replicas that others had given it. */
export const releaseFloor = async (api: ClusterApi, primary: string): Promise<void> => {
  const autoscaled = await changeAutoscaler(api, primary, restoreLimits);
  // Where there is an autoscaler it decides on replicas; only our note goes.
  await changeDeployment(api, primary, (deployment) => {
    const patch = lower(deployment);
    return patch && autoscaled ? withReplicas(deployment, deployment.spec.replicas ?? 1, null) : patch;
  });
};
