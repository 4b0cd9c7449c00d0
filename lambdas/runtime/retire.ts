import { callFunction } from '../adapters/functions.ts';
import type { Claim } from '../core/record.ts';
import type { Outcome, Rollout } from '../core/rollout.ts';
import { calling } from './calling.ts';
import { environment } from './environment.ts';
import type { Tools } from './task.ts';

/** The rollout of a claim, in the name of the execution that held it. */
export const rolloutOf = ({ input, execution, since }: Claim): Rollout => ({
  ...input,
  execution: { arn: execution, name: execution.split(':').at(-1) ?? execution, startedAt: since },
});

/** `retire-canary` has 30 s, and so have rescue and the watchdog, who call it: it is tried again in a minute. */
const RETIRE_SECONDS = 20;

/** Retires a claim's canary through the function that may talk to its cluster. False when it could not: traffic does not depend on it. */
export const retireByFunction =
  (logger: Tools['logger'], outcomeOf: (claim: Claim) => Outcome = () => 'rolledBack') =>
  async (claim: Claim): Promise<boolean> => {
    const task = {
      rollout: rolloutOf(claim),
      generation: claim.generation ?? 0,
      now: new Date().toISOString(),
      cluster: claim.cluster ?? null,
      outcome: outcomeOf(claim),
    };
    return callFunction(environment('RETIRE_CANARY_FUNCTION'), task, calling(RETIRE_SECONDS)).then(
      () => true,
      (error: Error) => {
        logger.warn('the canary’s pods could not be retired; traffic is safe', { error });
        return false;
      },
    );
  };
