import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { RealClock } from '../../../sandbox/clock.ts';
import { LambdaHost, type LogLine } from '../../../sandbox/lambda/host.ts';
import { credentials, functionFolder, surroundings } from './functions.ts';

const { folder, write, remove } = functionFolder();
const clock = new RealClock();
const hosts: LambdaHost[] = [];
const startHost = (options: { log?: (line: LogLine) => void } = {}) => {
  const host = new LambdaHost({ clock, surroundings: surroundings(folder), credentials, ...options });
  hosts.push(host);
  return host;
};

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});
afterAll(() => {
  clock.stop();
  remove();
});

describe('a function in its own process', () => {
  it('gets event, context and environment as on Lambda, and its process is used again', async () => {
    const host = startHost();
    host.deploy(
      write(
        'hello',
        `let calls = 0;
         export const handler = async (event, context) => ({
           calls: ++calls, event, name: context.functionName, version: context.functionVersion,
           arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis() > 20000,
           id: context.awsRequestId.length, trace: process.env._X_AMZN_TRACE_ID.slice(0, 7),
           key: process.env.AWS_ACCESS_KEY_ID, endpoint: process.env.AWS_ENDPOINT_URL, own: process.env.OWN,
           path: process.argv.length });`,
        { environment: { OWN: 'yes' } },
      ),
    );
    expect(await host.invoke('hello', '{"a":"ü"}')).toMatchObject({ executedVersion: '$LATEST' });
    const { payload } = await host.invoke(
      'arn:aws:lambda:eu-west-1:123456789012:function:hello',
      '{"a":"ü"}',
    );
    expect(JSON.parse(payload)).toEqual({
      calls: 2,
      event: { a: 'ü' },
      name: 'hello',
      version: '$LATEST',
      arn: 'arn:aws:lambda:eu-west-1:123456789012:function:hello',
      left: true,
      id: 36,
      trace: 'Root=1-',
      key: 'AKID',
      endpoint: 'http://127.0.0.1:1',
      own: 'yes',
      path: 2,
    });
  });

  it('answers null for nothing, and the thrown error by name, message and stack', async () => {
    const host = startHost();
    host.deploy(
      write(
        'thrower',
        `class Broken extends Error { name = 'Canary.Broken' }
         export const handler = async ({ fail }) => { if (fail) throw new Broken('no route'); };`,
      ),
    );
    expect((await host.invoke('thrower', '{}')).payload).toBe('null');
    const result = await host.invoke('thrower', '{"fail":true}');
    expect(result.functionError).toBe('Unhandled');
    const error = JSON.parse(result.payload);
    expect(error).toMatchObject({ errorType: 'Canary.Broken', errorMessage: 'no route' });
    expect(error.trace[1]).toContain('index.mjs');
  });

  it('is ended in the middle of its work when its time is up, and starts anew', async () => {
    const host = startHost();
    host.deploy(
      write(
        'slow',
        'let calls = 0; export const handler = async ({ spin }) => { calls++; while (spin); return calls; };',
        { timeoutSeconds: 0.4 },
      ),
    );
    const result = await host.invoke('slow', '{"spin":true}');
    expect(JSON.parse(result.payload)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0.40 seconds$/,
      ),
    });
    expect((await host.invoke('slow', '{}')).payload).toBe('1');
  });

  it('that exits is a Runtime.ExitError with its status', async () => {
    const host = startHost();
    host.deploy(write('quitter', 'export const handler = async () => process.exit(3);'));
    const { payload } = await host.invoke('quitter', '{}');
    expect(JSON.parse(payload)).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/Runtime exited with error: exit status 3$/),
    });
  });

  it('that cannot be loaded says why, every time', async () => {
    const host = startHost();
    host.deploy(write('syntax', 'export const handler = ;'));
    host.deploy(write('nameless', 'export const other = 1;'));
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(JSON.parse((await host.invoke('syntax', '{}')).payload).errorType).toBe('SyntaxError');
    }
    expect(JSON.parse((await host.invoke('nameless', '{}')).payload)).toMatchObject({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: 'index.handler is undefined or not exported',
    });
  });

  it('crashes once on demand, after its effect and before its answer', async () => {
    const lines: string[] = [];
    const host = startHost({ log: ({ line }) => lines.push(line) });
    host.deploy(
      write('writer', 'export const handler = async () => { console.log("written"); return "done"; };'),
    );
    host.crashNext('writer');
    expect(JSON.parse((await host.invoke('writer', '{}')).payload).errorType).toBe('Runtime.ExitError');
    expect((await host.invoke('writer', '{}')).payload).toBe('"done"');
    await expect.poll(() => lines).toEqual(['written', 'written']);
  });
});

describe('versions', () => {
  it('stay as they were published; an alias follows where it points', async () => {
    const host = startHost();
    const source = 'export const handler = async () => process.env.STAGE + context();';
    const context = 'const context = () => process.env.AWS_LAMBDA_FUNCTION_VERSION;';
    host.deploy(write('staged', context + source, { environment: { STAGE: 'old' } }));
    expect(host.functions.publish('staged')).toBe('1');
    expect(host.functions.publish('staged')).toBe('1');
    host.functions.putAlias('staged', 'live', '1');
    host.deploy(write('staged', context + source, { environment: { STAGE: 'new' } }));
    expect((await host.invoke('staged', '{}')).payload).toBe('"new$LATEST"');
    expect((await host.invoke('staged:1', '{}')).payload).toBe('"old1"');
    expect(await host.invoke('staged', '{}', { qualifier: 'live' })).toEqual({
      payload: '"old1"',
      executedVersion: '1',
    });
  });
});

describe('a host that is closed', () => {
  it('while its functions start is closed at once, and refuses invocations', async () => {
    const host = startHost();
    const names = ['first', 'second', 'third'];
    for (const name of names) host.deploy(write(name, 'export const handler = async () => 1;'));
    const warming = host.prewarm(names);
    await host.close();
    await warming;
    await expect(host.invoke('first', '{}')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  });
});

describe('refused invocations', () => {
  it('name the function, the payload or the concurrency, as Lambda names them', async () => {
    const host = startHost();
    host.deploy(write('single', 'export const handler = async () => 1;', { reservedConcurrency: 1 }));
    await expect(host.invoke('nobody', '{}')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nobody',
    });
    await expect(host.invoke('single:7', '{}')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(host.invoke('single', '{')).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    const [first, second] = await Promise.allSettled([
      host.invoke('single', '{}'),
      host.invoke('single', '{}'),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { name: 'TooManyRequestsException' } });
  });
});
