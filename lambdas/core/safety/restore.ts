import { ownClaim } from '../claim/claim.ts';
import { CanaryError, ErrorName } from '../errors.ts';
import type { RouteState, TrafficRouter } from '../ports.ts';
import type { Claim, ServiceRecord } from '../record.ts';
import type { Side, Weights } from '../rollout.ts';
import type { RolloutStore } from '../store.ts';

/** All traffic on one side. */
export const allOn = (side: Side): Weights => ({
  primary: side === 'primary' ? 100 : 0,
  canary: side === 'canary' ? 100 : 0,
});

/** Whose traffic is restored, and to which side. */
export interface RestoreRequest {
  readonly service: string;
  /** ARN of the execution in whose name traffic is restored; only the holder's traffic is. */
  readonly execution: string;
  /** The number of its claim, where that is known. */
  readonly generation?: number;
  /** The safe side: the machine knows it by the phase that it is in, rescue and watchdog by the record. */
  readonly safe: Side;
}

/** What restores the traffic of a claim. */
export const requestOf = ({ input, execution, safe, generation }: Claim): RestoreRequest => ({
  service: input.service,
  execution,
  safe,
  ...(generation !== undefined && { generation }),
});

/** A claim of which nothing more is begun. A release whose primary runs what was proven stays one: only its traffic is put right. */
export const undone = (claim: Claim, safe: Side): Claim => ({
  ...claim,
  safe,
  intent: allOn(safe).canary,
  reached: claim.reached ?? claim.intent,
  phase: claim.phase === 'Finalising' ? claim.phase : 'Failed',
});

const isSame = (one: Claim, other: Claim | undefined): boolean =>
  one.safe === other?.safe && one.intent === other.intent && one.phase === other.phase;

/**
 * Whether the record that knew this execution is gone, with its table or with an older copy of it: then nobody else holds
 * the service, and its traffic is as unsafe as ever. An execution that was set free is known as such.
 */
const isLost = (
  { claim, freed, generation: now }: ServiceRecord,
  execution: string,
  generation = 1,
): boolean => claim === undefined && freed?.claim.execution !== execution && now < generation;

/**
 * Writes down where traffic goes before it goes there: a phase that was recorded but never began is undone with it. The
 * table is not needed: without it, the route is restored all the same.
 */
const recordSafe = async (
  store: RolloutStore,
  { service, execution, generation, safe }: RestoreRequest,
): Promise<boolean> => {
  try {
    await store.update(service, (record) => {
      if (isLost(record, execution, generation)) return { record, answer: undefined };
      const claim = undone(ownClaim(record, execution), safe);
      return { record: isSame(claim, record.claim) ? record : { ...record, claim }, answer: undefined };
    });
    return true;
  } catch (error) {
    if (error instanceof CanaryError && error.name === ErrorName.Fenced) throw error;
    return false;
  }
};

/**
 * The one verb of roll back, rescue and watchdog (I1): all traffic to the safe side, read back. It needs the
 * router and nothing else; repeated, it changes nothing. Returns the route afterwards. Throws Canary.Transient while the router does not take it.
 */
export const restore = async (
  store: RolloutStore,
  router: TrafficRouter,
  request: RestoreRequest,
): Promise<RouteState> => {
  const recorded = await recordSafe(store, request);
  const route = await restoreRoute(router, request);
  // A table that was away for a moment must not make the watchdog put the old weight back.
  if (!recorded) await recordSafe(store, request);
  return route;
};

/** The route alone, for those who have written down where its traffic goes. Throws Canary.Transient while it does not take it. */
export const restoreRoute = async (
  router: TrafficRouter,
  { service, safe }: Pick<RestoreRequest, 'service' | 'safe'>,
): Promise<RouteState> => {
  const route = await router.restore(allOn(safe));
  if (!(await router.hasAll(safe))) {
    throw new CanaryError(
      ErrorName.Transient,
      `${service}: the route does not show all traffic on the ${safe} yet`,
    );
  }
  return route;
};
