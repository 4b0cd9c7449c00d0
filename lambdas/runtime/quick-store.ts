import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbStore } from '../adapters/dynamodb-store.ts';
import { environment } from './environment.ts';
import { reuse } from './reuse.ts';

/** Two tries of at most 2.5 s each: what restores traffic has 30 s for all it does, and does it without the table, too. */
const QUICK = {
  maxAttempts: 2,
  requestHandler: { requestTimeout: 1_500, connectionTimeout: 1_000, throwOnRequestTimeout: true },
} as const;

/** The engine's own table, for those who must not wait for it: a table that hangs counts as away after 5 s. */
export const quickStore = () =>
  new DynamoDbStore(
    environment('TABLE_NAME'),
    reuse(DynamoDBClient, 'quick', () => new DynamoDBClient(QUICK)),
  );
