import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { type FunctionHost, lambda } from '../../../../sandbox/aws/services/lambda.ts';
import { LogStore } from '../../../../sandbox/aws/services/logs.ts';
import { FunctionCatalogue } from '../../../../sandbox/lambda/catalogue.ts';
import { ACCOUNT, localEdge, REGION } from '../local-edge.ts';

/** A host whose functions answer what they were asked. */
async function host() {
  const functions = new FunctionCatalogue({ account: ACCOUNT, region: REGION });
  const config = {
    codeDirectory: '/code',
    handler: 'index.handler',
    timeoutSeconds: 30,
    memoryMb: 256,
    environment: { TABLE: 'rollouts' },
    roleArn: `arn:aws:iam::${ACCOUNT}:role/engine`,
  };
  functions.put({ ...config, name: 'judge-canary' });
  functions.publish('judge-canary');
  const asked: unknown[] = [];
  const logs = new LogStore();
  const invoke: FunctionHost['invoke'] = async (name, payload, options) => {
    const { version } = functions.resolve(name, options?.qualifier);
    asked.push({ name, payload, ...options });
    const failed = payload.includes('fail');
    const lines = [
      { timestamp: 0, message: 'x'.repeat(5_000) },
      { timestamp: 0, message: `read ${payload}` },
    ];
    logs.put({ account: ACCOUNT, region: REGION }, `/aws/lambda/${name}`, 'sandbox', lines, 0);
    return { payload, executedVersion: version, ...(failed && { functionError: 'Unhandled' as const }) };
  };
  const local = await localEdge({ services: () => ({ lambda: lambda({ functions, invoke }, logs) }) });
  return { client: new LambdaClient(local.config()), asked };
}

const FunctionName = 'judge-canary';
const payload = (value: object) => Buffer.from(JSON.stringify(value));

test('an invocation carries payload and qualifier, and its answer back', async () => {
  const { client } = await host();
  const answer = await client.send(
    new InvokeCommand({ FunctionName, Qualifier: '1', Payload: payload({ tick: 1 }) }),
  );
  expect(answer.Payload?.transformToString()).toBe('{"tick":1}');
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '1' });
  expect(answer.FunctionError).toBeUndefined();
});

test('an error of the function is an answer, not an error of the call', async () => {
  const { client } = await host();
  const answer = await client.send(new InvokeCommand({ FunctionName, Payload: payload({ fail: true }) }));
  expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
});

test('an event is accepted with 202 and no payload', async () => {
  const { client, asked } = await host();
  const answer = await client.send(
    new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: payload({}) }),
  );
  expect([answer.StatusCode, answer.Payload?.length ?? 0]).toEqual([202, 0]);
  expect(asked).toMatchObject([{ type: 'Event' }]);
});

test('the tail of the log comes with the answer where it is asked for, its last 4 KB', async () => {
  const { client } = await host();
  const invoke = async (input: object) => {
    const { LogResult } = await client.send(
      new InvokeCommand({ FunctionName, Payload: payload({ tick: 1 }), ...input }),
    );
    return LogResult && Buffer.from(LogResult, 'base64').toString();
  };
  expect(await invoke({})).toBeUndefined();
  const tail = await invoke({ LogType: 'Tail' });
  expect(tail).toMatch(/^x+\nread \{"tick":1\}\n$/);
  expect(tail).toHaveLength(4096);
});

test('a dry run says whether one may, and calls nothing', async () => {
  const { client, asked } = await host();
  const dryRun = (name: string) =>
    client.send(new InvokeCommand({ FunctionName: name, InvocationType: 'DryRun', Payload: payload({}) }));
  expect((await dryRun(FunctionName)).StatusCode).toBe(204);
  await expect(dryRun('nobody')).rejects.toThrow(/Function not found/);
  expect(asked).toEqual([]);
});

test('functions and their versions are listed and described', async () => {
  const { client } = await host();
  const { Functions } = await client.send(new ListFunctionsCommand({}));
  expect(Functions?.map(({ FunctionName: name, Version }) => [name, Version])).toEqual([
    [FunctionName, '$LATEST'],
  ]);
  const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName }));
  expect(Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '1']);
  const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName, Qualifier: '1' }));
  expect(Configuration).toMatchObject({
    FunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:judge-canary:1`,
    Timeout: 30,
    Environment: { Variables: { TABLE: 'rollouts' } },
  });
});

test('a function that is not there is named', async () => {
  const { client } = await host();
  await expect(client.send(new InvokeCommand({ FunctionName: 'none' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: /function:none/,
  });
});
