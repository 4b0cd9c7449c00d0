import { ownClaim } from '../claim/claim.ts';
import { CanaryError, ErrorName } from '../errors.ts';
import type { TrafficRouter } from '../ports.ts';
import type { Side, Weights } from '../rollout.ts';
import type { RolloutStore } from '../store.ts';

/** All traffic on one side. */
export const allOn = (side: Side): Weights => ({
  primary: side === 'primary' ? 100 : 0,
  canary: side === 'canary' ? 100 : 0,
});

/** What restore needs to know when the table cannot be read: the execution's input and phase are enough. */
export interface RestoreRequest {
  readonly service: string;
  /** ARN of the execution in whose name traffic is restored; only the holder's traffic is. */
  readonly execution: string;
  /** The safe side as the caller knows it. */
  readonly safe: Side;
}

/** The side on record, which was written before each phase; the caller's word where the table does not answer. */
const recordedSafe = async (
  store: RolloutStore,
  { service, execution, safe }: RestoreRequest,
): Promise<Side> => {
  try {
    return await store.update(service, (record) => {
      const claim = ownClaim(record, execution);
      const intent = allOn(claim.safe).canary;
      return {
        record: claim.intent === intent ? record : { ...record, claim: { ...claim, intent } },
        answer: claim.safe,
      };
    });
  } catch (error) {
    if (error instanceof CanaryError && error.name === ErrorName.Fenced) throw error;
    return safe;
  }
};

/**
 * The one verb of roll back, rescue and watchdog (I1): all traffic to the side recorded as safe, read back. It needs the
 * router and nothing else; repeated, it changes nothing. Throws Canary.Transient while the router does not take it.
 */
export const restore = async (
  store: RolloutStore,
  router: TrafficRouter,
  request: RestoreRequest,
): Promise<Side> => {
  const safe = await recordedSafe(store, request);
  await router.restore(allOn(safe));
  if (!(await router.verify(allOn(safe)))) {
    throw new CanaryError(
      ErrorName.Transient,
      `${request.service}: the route does not show all traffic on the ${safe} yet`,
    );
  }
  return safe;
};
