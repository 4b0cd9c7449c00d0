import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { CanaryError, ErrorName } from '../core/errors.ts';
import { newRecord, type RolloutBasis, type RolloutSummary, type ServiceRecord } from '../core/record.ts';
import type { Changed, RolloutStore } from '../core/store.ts';
import type { VerdictRecord } from '../core/tasks.ts';
import { fromAws } from './aws-errors.ts';

/** All service records share a partition: listing them is one query, and a thousand services write a few items a second. */
const SERVICES = 'service';
/** Writers of one service are few; more conflicts than this in a row mean that something else is wrong. */
const TRIES = 8;

type Item = Record<string, AttributeValue>;

const parsed = <T>(item: Item | undefined, attribute: string): T | undefined => {
  const text = item?.[attribute]?.S;
  return text === undefined ? undefined : (JSON.parse(text) as T);
};

/** Execution ARNs end in the name; names are what people search for. */
const nameOf = (execution: string): string => execution.split(':').at(-1) ?? execution;

/** The store on one DynamoDB table (string keys `pk` and `sk`), with single-item conditional writes only. */
export class DynamoDbStore implements RolloutStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(table: string, client: DynamoDBClient) {
    this.#table = table;
    this.#client = client;
  }

  async read(service: string): Promise<ServiceRecord> {
    return (await this.#readVersioned(service)).record;
  }

  async update<Answer>(service: string, change: (record: ServiceRecord) => Changed<Answer>): Promise<Answer> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { record, version } = await this.#readVersioned(service);
      const changed = change(record);
      if (changed.record === record || (await this.#write(changed.record, version))) return changed.answer;
    }
    throw new CanaryError(
      ErrorName.Transient,
      `could not write the record of ${service}: others wrote ${TRIES} times in between`,
    );
  }

  async list(): Promise<readonly ServiceRecord[]> {
    const items = await this.#query(SERVICES, '', Number.POSITIVE_INFINITY, true);
    return items.flatMap((item) => parsed<ServiceRecord>(item, 'record') ?? []);
  }

  putVerdict(service: string, execution: string, verdict: VerdictRecord): Promise<void> {
    return this.#put(
      service,
      `verdict#${nameOf(execution)}#${String(verdict.tick).padStart(5, '0')}`,
      'verdict',
      verdict,
    );
  }

  putBasis(basis: RolloutBasis): Promise<void> {
    return this.#put(basis.service, `basis#${nameOf(basis.execution)}`, 'basis', basis);
  }

  async basis(service: string, execution: string): Promise<RolloutBasis | undefined> {
    const [item] = await this.#query(service, `basis#${nameOf(execution)}`, 1, true);
    return parsed<RolloutBasis>(item, 'basis');
  }

  putSummary(summary: RolloutSummary): Promise<void> {
    return this.#put(
      summary.service,
      `rollout#${summary.startedAt}#${nameOf(summary.execution)}`,
      'summary',
      summary,
    );
  }

  async history(service: string, limit: number): Promise<readonly RolloutSummary[]> {
    const items = await this.#query(service, 'rollout#', limit, false);
    return items.flatMap((item) => parsed<RolloutSummary>(item, 'summary') ?? []);
  }

  async verdicts(service: string, execution: string): Promise<readonly VerdictRecord[]> {
    const items = await this.#query(service, `verdict#${nameOf(execution)}#`, Number.POSITIVE_INFINITY, true);
    return items.flatMap((item) => parsed<VerdictRecord>(item, 'verdict') ?? []);
  }

  async #readVersioned(service: string): Promise<{ record: ServiceRecord; version: number }> {
    const { Item: item } = await this.#client
      .send(
        new GetItemCommand({
          TableName: this.#table,
          Key: { pk: { S: SERVICES }, sk: { S: service } },
          ConsistentRead: true,
        }),
      )
      .catch(fromAws(`read the record of ${service}`));
    return {
      record: parsed<ServiceRecord>(item, 'record') ?? newRecord(service),
      version: Number(item?.version?.N ?? 0),
    };
  }

  /** False when somebody wrote since `version`. */
  async #write(record: ServiceRecord, version: number): Promise<boolean> {
    const item: Item = {
      pk: { S: SERVICES },
      sk: { S: record.service },
      version: { N: String(version + 1) },
      record: { S: JSON.stringify(record) },
    };
    const condition =
      version === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': { N: String(version) } },
          };
    return this.#client.send(new PutItemCommand({ TableName: this.#table, Item: item, ...condition })).then(
      () => true,
      (error: Error) =>
        error.name === 'ConditionalCheckFailedException'
          ? false
          : fromAws(`write the record of ${record.service}`)(error),
    );
  }

  async #put(pk: string, sk: string, attribute: string, value: object): Promise<void> {
    const item: Item = { pk: { S: pk }, sk: { S: sk }, [attribute]: { S: JSON.stringify(value) } };
    await this.#client
      .send(new PutItemCommand({ TableName: this.#table, Item: item }))
      .catch(fromAws(`write ${sk} of ${pk}`));
  }

  async #query(pk: string, prefix: string, limit: number, forward: boolean): Promise<Item[]> {
    const condition = prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)';
    const values: Item = { ':pk': { S: pk }, ...(prefix !== '' && { ':prefix': { S: prefix } }) };
    const items: Item[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#table,
        KeyConditionExpression: condition,
        ExpressionAttributeValues: values,
        ScanIndexForward: forward,
      },
    );
    try {
      for await (const page of pages) {
        items.push(...(page.Items ?? []));
        if (items.length >= limit) break;
      }
    } catch (error) {
      fromAws(`list ${prefix || 'the services'} of ${pk}`)(error);
    }
    return items.slice(0, limit);
  }
}
