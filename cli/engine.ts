import { LambdaClient } from '@aws-sdk/client-lambda';
import { ENGINE, functionName } from '../infra/names.ts';
import { callFunction } from '../lambdas/adapters/functions.ts';
import type { Target } from '../lambdas/core/rollout.ts';
import { callerIdentity, checkAccount } from './aws.ts';
import { explained } from './aws-failure.ts';

/** The engine of a target's account and region, called with this user's credentials. */
export interface Engine {
  /** Who calls: the ARN that STS tells. */
  readonly by: string;
  /** Calls one of the engine's functions and gives its answer. Throws BadInput and NotDone, each with one line. */
  call<Answer>(name: string, payload: object): Promise<Answer>;
  /** The ARN of one of its executions, by its name. */
  executionArn(name: string): string;
}

/** Throws BadInput when the credentials are of another account than the target's. */
export const engineOf = async (target: Target): Promise<Engine> => {
  const { region, account } = target;
  const identity = await callerIdentity(region);
  checkAccount(identity, target);
  const client = new LambdaClient({ region });
  const [, partition] = identity.arn.split(':');
  return {
    by: identity.arn,
    call: (name, payload) =>
      callFunction<never>(functionName(name), payload, client).catch(explained(region)),
    executionArn: (name) =>
      `arn:${partition}:states:${region}:${account}:execution:${ENGINE.stateMachine}:${name}`,
  };
};
