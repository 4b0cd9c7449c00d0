import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Passthrough } from '../attempt.ts';
import { AwsError } from '../service.ts';
import type { Shape } from '../wire/schema.ts';
import type { Answer, Request } from '../wire/wire.ts';
import { PerPlace, type Place } from './place.ts';

type Dynalite = (options: { createTableMs: number; deleteTableMs: number; updateTableMs: number }) => Server;

/** What dynalite 4 carries out; the rest would be told apart as unknown only by a vague error. */
const OPERATIONS = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
]);

/** One database per account and region. Dynalite reads both from the environment, and only while it is made. */
async function createDatabase({ account, region }: Place): Promise<Server> {
  const { default: dynalite } = (await import('dynalite' as string)) as { default: Dynalite };
  const own = { AWS_ACCOUNT_ID: account, AWS_REGION: region };
  const before = Object.keys(own).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, own);
  try {
    return dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** A response that collects what is written to it. */
class Collected {
  statusCode = 200;
  readonly #headers: Record<string, string> = {};
  readonly #done: (answer: Answer) => void;

  constructor(done: (answer: Answer) => void) {
    this.#done = done;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  end(body: string = ''): void {
    const { 'content-length': _length, 'x-amzn-requestid': _id, ...headers } = this.#headers;
    const error = this.statusCode < 400 ? undefined : /"__type":"(?:[^"]*#)?([^"]+)"/.exec(body)?.[1];
    this.#done({ status: this.statusCode, headers, body, ...(error !== undefined && { error }) });
  }
}

/** Hands a request to dynalite without a socket between. */
function ask(database: Server, { method, headers, body }: Request): Promise<Answer> {
  return new Promise((resolve) => {
    const message = Object.assign(Readable.from([body]), { method, url: '/', headers });
    const response = new Collected(resolve);
    database.emit('request', message as unknown as IncomingMessage, response as unknown as ServerResponse);
  });
}

type KeySchema = readonly { readonly AttributeName: string; readonly KeyType: string }[];

/** DynamoDB in this process, in memory. */
export interface DynamoDb {
  /** Answers requests; refusals are DynamoDB's own. */
  readonly passthrough: Passthrough;
  /** Asks an operation without a client, past IAM. @throws AwsError */
  send(operation: string, input: Shape, place: Place): Promise<Shape>;
  /** The name of a table's partition key, which never changes; undefined where there is no such table. */
  partitionKey(table: string, place: Place): Promise<string | undefined>;
}

const ownRequest = (operation: string, input: Shape): Request => ({
  method: 'POST',
  path: '/',
  query: new URLSearchParams(),
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': '20260101T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=own, SignedHeaders=host, Signature=own',
  },
  body: Buffer.from(JSON.stringify(input)),
});

/** DynamoDB on dynalite: one database per account and region. */
export function dynamodb(): DynamoDb {
  const databases = new PerPlace(createDatabase);
  const partitionKeys = new Map<string, string>();
  // Asked again after any is deleted: another table of its name may have another key.
  const forget = (operation: string) => {
    if (operation === 'DeleteTable') partitionKeys.clear();
  };
  const database: DynamoDb = {
    async passthrough(request, call) {
      if (!OPERATIONS.has(call.operation))
        throw new AwsError(
          'NotImplemented',
          `The sandbox does not implement dynamodb:${call.operation}.`,
          501,
        );
      const answer = await ask(await databases.at(call), request);
      forget(call.operation);
      return answer;
    },
    async partitionKey(table, place) {
      const id = `${place.account} ${place.region} ${table}`;
      const known = partitionKeys.get(id);
      if (known !== undefined) return known;
      const found = await database.send('DescribeTable', { TableName: table }, place).catch(() => undefined);
      const schema = (found?.Table as Shape | undefined)?.KeySchema as KeySchema | undefined;
      const key = schema?.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
      if (key !== undefined) partitionKeys.set(id, key);
      return key;
    },
    async send(operation, input, place) {
      const { body, error } = await ask(await databases.at(place), ownRequest(operation, input));
      forget(operation);
      const answer = JSON.parse(String(body)) as Shape;
      if (error !== undefined) throw new AwsError(error, String(answer.message ?? answer.Message ?? error));
      return answer;
    },
  };
  return database;
}
