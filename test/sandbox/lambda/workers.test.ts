import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { LambdaHost } from '../../../sandbox/lambda/host.ts';
import { functionFolder } from './functions.ts';
import { containers, type HostChanges, processes, type TestHost } from './hosts.ts';

const { folder, write, remove } = functionFolder();
const hosts: LambdaHost[] = [];

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});
afterAll(remove);

const kinds: [string, (folder: string, changes?: HostChanges) => TestHost][] = [
  ['a process of its own', processes],
  ['a container of the shared process', containers],
];

describe.each(kinds)('a function in %s', (_kind, create) => {
  const startHost = (changes: HostChanges = {}) => {
    const started = create(folder, changes);
    hosts.push(started.host);
    return started;
  };

  it('gets event, context and environment as on Lambda, and is used again', async () => {
    const { host, invoke } = startHost();
    host.deploy(
      write(
        'hello',
        `let calls = 0;
         export const handler = async (event, context) => ({
           calls: ++calls, event, name: context.functionName, version: context.functionVersion,
           arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis() > 20000,
           id: context.awsRequestId.length, trace: process.env._X_AMZN_TRACE_ID.slice(0, 7),
           key: process.env.AWS_ACCESS_KEY_ID, endpoint: process.env.AWS_ENDPOINT_URL, own: process.env.OWN,
           path: process.argv.length, zone: new Date().getTimezoneOffset() });`,
        { environment: { OWN: 'yes' } },
      ),
    );
    expect(await invoke('hello', '{"a":"ü"}')).toMatchObject({ executedVersion: '$LATEST' });
    const { payload } = await invoke('arn:aws:lambda:eu-west-1:123456789012:function:hello', '{"a":"ü"}');
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
      zone: 0,
    });
  });

  it('answers null for nothing, and the thrown error by name, message and stack', async () => {
    const { host, invoke } = startHost();
    host.deploy(
      write(
        'thrower',
        `class Broken extends Error { name = 'Canary.Broken' }
         export const handler = async ({ fail }) => { if (fail) throw new Broken('no route'); };`,
      ),
    );
    expect((await invoke('thrower')).payload).toBe('null');
    const result = await invoke('thrower', '{"fail":true}');
    expect(result.functionError).toBe('Unhandled');
    const error = JSON.parse(result.payload);
    expect(error).toMatchObject({ errorType: 'Canary.Broken', errorMessage: 'no route' });
    expect(error.trace[1]).toContain('index.mjs');
  });

  it('is ended in the middle of its work when its time is up, and starts anew', async () => {
    const { host, invoke } = startHost({ guardMs: 400 });
    host.deploy(
      write(
        'slow',
        'let calls = 0; export const handler = async ({ spin }) => { calls++; while (spin); return calls; };',
        { timeoutSeconds: 0.4 },
      ),
    );
    const result = await invoke('slow', '{"spin":true}');
    expect(JSON.parse(result.payload)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0.40 seconds$/,
      ),
    });
    expect((await invoke('slow')).payload).toBe('1');
  });

  it.each([
    ['exits', 'process.exit(3)', 'Runtime.ExitError', /Runtime exited with error: exit status 3$/],
    [
      'exits in a callback',
      'setTimeout(() => process.exit(4), 5); await new Promise(() => setInterval(() => 0, 9000))',
      'Runtime.ExitError',
      /exit status 4$/,
    ],
    [
      'catches its own exit',
      'try { process.exit(5) } catch {} finally { return "alive" }',
      'Runtime.ExitError',
      /exit status 5$/,
    ],
    [
      'throws in a callback',
      'setTimeout(() => { throw new TypeError("late") }, 5); await new Promise(() => setInterval(() => 0, 9000))',
      'TypeError',
      /^late$/,
    ],
    [
      'leaves a rejection unhandled',
      'Promise.reject(new TypeError("lost")); await new Promise(() => setInterval(() => 0, 9000))',
      'Runtime.UnhandledPromiseRejection',
      /^lost$/,
    ],
  ])('that %s has ended, and the next call finds a new one', async (_name, work, errorType, message) => {
    const { host, invoke } = startHost();
    host.deploy(
      write(
        'ending',
        `let calls = 0; export const handler = async ({ go }) => { if (++calls && go) return calls; ${work}; };`,
      ),
    );
    expect((await invoke('ending', '{"go":true}')).payload).toBe('1');
    expect(JSON.parse((await invoke('ending')).payload)).toMatchObject({
      errorType,
      errorMessage: expect.stringMatching(message),
    });
    expect((await invoke('ending', '{"go":true}')).payload).toBe('1');
  });

  it('that cannot be loaded says why, every time', async () => {
    const { host, invoke } = startHost();
    host.deploy(write('syntax', 'export const handler = ;'));
    host.deploy(write('nameless', 'export const other = 1;'));
    host.deploy(write('broken', 'throw new RangeError("at import"); export const handler = () => 1;'));
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(JSON.parse((await invoke('syntax')).payload).errorType).toBe('SyntaxError');
      expect(JSON.parse((await invoke('broken')).payload)).toMatchObject({
        errorType: 'RangeError',
        errorMessage: 'at import',
      });
    }
    expect(JSON.parse((await invoke('nameless')).payload)).toMatchObject({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: 'index.handler is undefined or not exported',
    });
  });

  it('crashes once on demand, after its effect and before its answer', async () => {
    const lines: string[] = [];
    const { host, invoke } = startHost({
      log: ({ functionName, line }) => lines.push(`${functionName}: ${line}`),
    });
    host.deploy(
      write('writer', 'export const handler = async () => { console.log("written"); return "done"; };'),
    );
    host.crashNext('writer');
    expect(JSON.parse((await invoke('writer')).payload).errorType).toBe('Runtime.ExitError');
    expect((await invoke('writer')).payload).toBe('"done"');
    await expect.poll(() => lines).toEqual(['writer: written', 'writer: written']);
  });

  it('stays as it was published; an alias follows where it points', async () => {
    const { host, invoke } = startHost();
    const source = 'export const handler = async () => process.env.STAGE + context();';
    const context = 'const context = () => process.env.AWS_LAMBDA_FUNCTION_VERSION;';
    host.deploy(write('staged', context + source, { environment: { STAGE: 'old' } }));
    expect(host.functions.publish('staged')).toBe('1');
    expect(host.functions.publish('staged')).toBe('1');
    host.functions.putAlias('staged', 'live', '1');
    host.deploy(write('staged', context + source, { environment: { STAGE: 'new' } }));
    expect((await invoke('staged')).payload).toBe('"new$LATEST"');
    expect((await invoke('staged:1')).payload).toBe('"old1"');
    expect(await invoke('staged', '{}', 'live')).toEqual({ payload: '"old1"', executedVersion: '1' });
  });

  it('is CommonJS as well', async () => {
    const { host, invoke } = startHost();
    host.deploy(
      write(
        'common',
        `const { createHash } = require('node:crypto');
         exports.handler = async () => [createHash('md5').update('a').digest('hex').length, typeof (await import('node:http')).get];`,
        {},
        'index.cjs',
      ),
    );
    expect((await invoke('common')).payload).toBe('[32,"function"]');
  });
});
