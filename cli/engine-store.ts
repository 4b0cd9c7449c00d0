import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ENGINE } from '../infra/names.ts';
import { DynamoDbStore } from '../lambdas/adapters/dynamodb-store.ts';
import type { Target } from '../lambdas/core/rollout.ts';
import type { RolloutStore } from '../lambdas/core/store.ts';
import { callerIdentity, checkAccount } from './aws.ts';

/** The table of a target's engine. Throws BadInput when the credentials are of another account than the target's. */
export const engineStore = async (target: Target): Promise<RolloutStore> => {
  checkAccount(await callerIdentity(target.region), target);
  return new DynamoDbStore(ENGINE.table, new DynamoDBClient({ region: target.region }));
};
