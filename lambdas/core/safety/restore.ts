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

/** Whose traffic is restored, and to which side. */
export interface RestoreRequest {
  readonly service: string;
  /** ARN of the execution in whose name traffic is restored; only the holder's traffic is. */
  readonly execution: string;
  /** The safe side: the machine knows it by the phase that it is in, rescue and watchdog by the record. */
  readonly safe: Side;
}

/**
 * Writes down where traffic goes before it goes there: a phase that was recorded but never began is undone with it. The
 * table is not needed: without it, the route is restored all the same.
 */
const recordSafe = async (
  store: RolloutStore,
  { service, execution, safe }: RestoreRequest,
): Promise<void> => {
  const intent = allOn(safe).canary;
  try {
    await store.update(service, (record) => {
      const claim = ownClaim(record, execution);
      const asWanted = claim.intent === intent && claim.safe === safe;
      return {
        record: asWanted ? record : { ...record, claim: { ...claim, intent, safe } },
        answer: undefined,
      };
    });
  } catch (error) {
    if (error instanceof CanaryError && error.name === ErrorName.Fenced) throw error;
  }
};

/**
 * The one verb of roll back, rescue and watchdog (I1): all traffic to the safe side, read back. It needs the
 * router and nothing else; repeated, it changes nothing. Throws Canary.Transient while the router does not take it.
 */
export const restore = async (
  store: RolloutStore,
  router: TrafficRouter,
  request: RestoreRequest,
): Promise<void> => {
  const { safe } = request;
  await recordSafe(store, request);
  await router.restore(allOn(safe));
  if (!(await router.verify(allOn(safe)))) {
    throw new CanaryError(
      ErrorName.Transient,
      `${request.service}: the route does not show all traffic on the ${safe} yet`,
    );
  }
};
