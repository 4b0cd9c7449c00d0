import type { TrafficRouter } from '../ports.ts';
import type { RolloutSpec } from '../spec/schema.ts';

/** Sets the route back to what is wanted, where somebody else wrote in between. Returns what was found, in a sentence. */
export const reassert = async (
  router: TrafficRouter,
  spec: RolloutSpec,
  weight: number,
): Promise<string | undefined> => {
  const { weights } = await router.read();
  if (weights.canary === weight && weights.primary === 100 - weight) return undefined;
  await router.shift({ primary: 100 - weight, canary: weight });
  return `Somebody set ${spec.router.appMesh.route} to ${weights.primary}/${weights.canary}; it is back at ${100 - weight}/${weight}.`;
};
