import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Passthrough } from '../attempt.ts';
import { AwsError, type Call } from '../service.ts';
import type { Answer, Request } from '../wire/wire.ts';

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
async function createDatabase({ account, region }: Call): Promise<Server> {
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

/** DynamoDB: dynalite in this process, in memory. Its refusals are DynamoDB's own. */
export function dynamodb(): Passthrough {
  const databases = new Map<string, Promise<Server>>();
  return async (request, call) => {
    if (!OPERATIONS.has(call.operation))
      throw new AwsError('NotImplemented', `The sandbox does not implement dynamodb:${call.operation}.`, 501);
    const key = `${call.account} ${call.region}`;
    let database = databases.get(key);
    if (database === undefined) {
      database = createDatabase(call);
      databases.set(key, database);
    }
    return ask(await database, request);
  };
}
