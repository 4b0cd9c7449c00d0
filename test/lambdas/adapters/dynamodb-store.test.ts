import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe } from 'vitest';
import { DynamoDbStore } from '../../../lambdas/adapters/dynamodb-store.ts';
import { dynamodb } from '../../../sandbox/aws/services/dynamodb.ts';
import { rolloutStoreContract } from '../../contracts/rollout-store.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { localEdge } from '../../sandbox/aws/local-edge.ts';

describe('the store on DynamoDB', () => {
  rolloutStoreContract(async () => {
    const { config } = await localEdge({ passthrough: { dynamodb: dynamodb().passthrough } });
    const client = new DynamoDBClient(config());
    const key = (name: string, type: 'HASH' | 'RANGE') => ({ AttributeName: name, KeyType: type });
    await client.send(
      new CreateTableCommand({
        TableName: 'rollouts',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      }),
    );
    return new DynamoDbStore('rollouts', client);
  });
});

describe('the store in memory, for tests', () => {
  rolloutStoreContract(async () => new MemoryStore());
});
