import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../../../sandbox/aws/attempt.ts';
import { SERVICES } from '../../../../sandbox/aws/wire/catalogue.ts';
import { type Model, modelOf, type Operation } from '../../../../sandbox/aws/wire/model.ts';
import { membersOf } from '../../../../sandbox/aws/wire/schema.ts';
import { ACCOUNT, type ClientConfig, localEdge } from '../local-edge.ts';
import { arbitraryOf } from './arbitrary-shape.ts';

interface Client {
  send(command: unknown): Promise<Record<string, unknown>>;
}

/** `round trips, all`: every operation, for the long run outside `npm test`. */
const EVERYTHING = process.env.ROUND_TRIPS === 'all';
const SAMPLED_OPERATIONS = 8;
const RUNS = EVERYTHING ? 5 : 2;

const everybody: Gate = {
  resolve: () => ({
    account: ACCOUNT,
    roleArn: undefined,
    arn: `arn:aws:iam::${ACCOUNT}:user/owner`,
    sessionName: undefined,
    sourceIdentity: undefined,
  }),
  authorize: () => {},
};

/** Calls that carry no signature, by which the edge could tell the service. */
const UNSIGNED = new Set(['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity']);

/** Event streams and streamed bodies are not served. */
const isServed = ({ name, input, output }: Operation): boolean =>
  !UNSIGNED.has(name) &&
  [input, output].every(
    (schema) =>
      !schema.isStructSchema() || [...schema.structIterator()].every(([, member]) => !member.isStreaming()),
  );

function sampleOf(model: Model): readonly Operation[] {
  const served = [...model.operations.values()].filter(isServed);
  const step = EVERYTHING ? 1 : Math.max(1, Math.floor(served.length / SAMPLED_OPERATIONS));
  return served.filter((_, index) => index % step === 0);
}

/** What Query can't carry: absent and empty are one. Undefined, and what becomes empty without it, is dropped. */
function normal(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Date || typeof value !== 'object') return value;
  if (value instanceof String) return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) {
    const items = value.map(normal).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, normal(item)] as const);
  const kept = entries.filter(([, item]) => item !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

async function clientOf(packageName: string, config: ClientConfig) {
  const exports = (await import(packageName)) as Record<string, unknown>;
  const [name] = Object.keys(exports).filter((key) => key.endsWith('Client') && key !== '__Client');
  const Client = exports[name as string] as new (
    config: ClientConfig & { disableHostPrefix: boolean },
  ) => Client;
  const send = (operation: string, input: unknown) => {
    const Command = exports[`${operation}Command`] as new (input: unknown) => unknown;
    return client.send(new Command(input));
  };
  const client = new Client({ ...config, disableHostPrefix: true });
  return send;
}

/** Clients add idempotency tokens where none is given. */
function withoutOwnTokens({ input: schema }: Operation, got: unknown, given: unknown): unknown {
  const tokens = membersOf(schema).filter(
    ([name, member]) => member.isIdempotencyToken() && !(name in Object(given)),
  );
  return Object.fromEntries(
    Object.entries(Object(got)).filter(([key]) => !tokens.some(([name]) => name === key)),
  );
}

const services = SERVICES.filter(({ prefix }) => prefix !== 'dynamodb');

describe('what a real client sends and reads is what a behaviour gets and answers', () => {
  test.each(services)('$prefix', async (service) => {
    const model = await modelOf(service);
    let got: unknown;
    let give: unknown;
    const behaviours = Object.fromEntries(
      [...model.operations.keys()].map((name) => [
        name,
        (input: unknown) => {
          got = input;
          return give;
        },
      ]),
    );
    const { config } = await localEdge({
      services: () => ({ [service.prefix]: behaviours }),
      gate: everybody,
      constraints: false,
    });
    const send = await clientOf(service.client, config());
    for (const operation of sampleOf(model)) {
      const outputs = operation.output.isStructSchema() ? arbitraryOf(operation.output) : fc.constant({});
      const inputs = operation.input.isStructSchema() ? arbitraryOf(operation.input) : fc.constant({});
      await fc.assert(
        fc.asyncProperty(inputs, outputs, async (input, output) => {
          give = output;
          const { $metadata: _metadata, ...answered } = await send(operation.name, input);
          expect(normal(withoutOwnTokens(operation, got, input)), operation.name).toEqual(normal(input));
          expect(normal(answered), operation.name).toEqual(normal(output));
        }),
        { numRuns: RUNS, seed: 7 },
      );
    }
  });
});
