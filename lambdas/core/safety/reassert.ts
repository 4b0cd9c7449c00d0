import type { RouteState, TrafficRouter } from '../ports.ts';
import { matchedRouteName } from '../spec/match.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { abOf } from '../spec/strategy.ts';

/**
 * ISO 8601: since when the route has its weights. A write may come long after its state was entered (retries), and a
 * period that began before it is not whole at that weight (I2): the later of both counts.
 */
export const since = ({ updatedAt }: RouteState, now: string): string =>
  updatedAt !== undefined && Date.parse(updatedAt) > Date.parse(now) ? updatedAt : now;

/** The route whose weights the rollout changes. */
const routeOf = (spec: RolloutSpec): string => {
  const { route } = spec.router.appMesh;
  return abOf(spec) === undefined ? route : matchedRouteName(route);
};

/** Sets the route back to what is wanted, where somebody else wrote in between. Returns what was found, in a sentence, and the route after. */
export const reassert = async (
  router: TrafficRouter,
  spec: RolloutSpec,
  weight: number,
): Promise<{ readonly found: string; readonly route: RouteState } | undefined> => {
  const { weights, rest } = await router.read();
  const others = rest?.canary ?? 0;
  if (weights.canary === weight && weights.primary === 100 - weight && others === 0) return undefined;
  const route = await router.shift({ primary: 100 - weight, canary: weight });
  const found =
    others > 0
      ? `Somebody set ${spec.router.appMesh.route} to ${100 - others}/${others}; it is back at 100/0.`
      : `Somebody set ${routeOf(spec)} to ${weights.primary}/${weights.canary}; it is back at ${100 - weight}/${weight}.`;
  return { found, route };
};
