import type { RouteState, TrafficRouter } from '../ports.ts';
import type { RolloutSpec } from '../spec/schema.ts';

/**
 * ISO 8601: since when the route has its weights. A write may come long after its state was entered (retries), and a
 * period that began before it is not whole at that weight (I2): the later of both counts.
 */
export const since = ({ updatedAt }: RouteState, now: string): string =>
  updatedAt !== undefined && Date.parse(updatedAt) > Date.parse(now) ? updatedAt : now;

/** Sets the route back to what is wanted, where somebody else wrote in between. Returns what was found, in a sentence, and the route after. */
export const reassert = async (
  router: TrafficRouter,
  spec: RolloutSpec,
  weight: number,
): Promise<{ readonly found: string; readonly route: RouteState } | undefined> => {
  const { weights } = await router.read();
  if (weights.canary === weight && weights.primary === 100 - weight) return undefined;
  const route = await router.shift({ primary: 100 - weight, canary: weight });
  return {
    found: `Somebody set ${spec.router.appMesh.route} to ${weights.primary}/${weights.canary}; it is back at ${100 - weight}/${weight}.`,
    route,
  };
};
