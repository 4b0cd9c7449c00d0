import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, test } from 'vitest';
import { invokeHook } from '../../../../lambdas/adapters/hooks/function-hook.ts';
import { HookCaller } from '../../../../lambdas/adapters/hooks/hook-caller.ts';
import { postHook } from '../../../../lambdas/adapters/hooks/http-hook.ts';
import { CanaryError } from '../../../../lambdas/core/errors.ts';
import type { HookSpec } from '../../../../lambdas/core/spec/hooks.ts';
import { serverCertificate } from '../../../../sandbox/kubernetes/certificate.ts';
import { spec } from '../../../fakes/rollouts.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

const listening = async (server: Server): Promise<number> => {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
};
const serve = async (answer: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listening(createServer(answer))}/check`;
const answering =
  (status: number, body = ''): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(body);

const hookOf = (url: string, more: object = {}): HookSpec => {
  const [hook] = spec((written) => ({ ...written, hooks: [{ name: 'check', url, ...more }] })).hooks;
  if (hook === undefined) throw new Error('the spec has no hook');
  return hook;
};
const call = {
  payload: {
    name: 'podinfo',
    namespace: 'test',
    phase: 'Progressing' as const,
    checksum: 'abc',
    metadata: { a: 'b' },
  },
  idempotencyKey: 'execution/check/now',
};

const slept: number[] = [];
const caller = (secrets: Readonly<Record<string, string>> = {}) =>
  new HookCaller({
    secret: async (name) => {
      const value = secrets[name];
      if (value === undefined) throw new CanaryError('Canary.InvalidInput', `there is no secret "${name}"`);
      return value;
    },
    invoke: () => Promise.reject(new Error('no function is called here')),
    sleep: async (milliseconds) => slept.push(milliseconds),
  });
const answerOf = async (listener: RequestListener, more: object = {}) =>
  caller().call(hookOf(await serve(listener), more), call);

describe('an answer', () => {
  // Flagger takes up to 202 for a yes, so that 204 is a no (facts, S28).
  test.each([
    [200, true],
    [201, true],
    [202, true],
    [204, false],
    [304, false],
    [404, false],
    [500, false],
  ])('of %i is a yes: %s', async (status, passed) => {
    expect(await answerOf(answering(status))).toMatchObject({ passed, found: `answered ${status}` });
  });

  test('of an error is told with the first of its body, on one line', async () => {
    const { found } = await answerOf(answering(500, `no such\n\ttest\u0007${'x'.repeat(500)}`));
    expect(found).toMatch(/^answered 500: no such test x+…$/);
    expect(found.length).toBeLessThan(150);
  });

  test('that redirects is a no, and nobody is asked elsewhere', async () => {
    let asked = 0;
    const elsewhere = await serve((_, response) => {
      asked += 1;
      response.writeHead(200).end();
    });
    expect(await answerOf((_, response) => response.writeHead(302, { location: elsewhere }).end())).toEqual({
      passed: false,
      found: 'answered 302, a redirect, which is not followed',
    });
    expect(asked).toBe(0);
  });

  test('without end is read so far, and no further', async () => {
    const endless: RequestListener = (_, response) => {
      response.writeHead(200);
      const more = () => response.write('x'.repeat(1024), (error) => error || setImmediate(more));
      more();
    };
    expect(await answerOf(endless)).toMatchObject({ passed: true });
  });

  test('that is no HTTP is a no', async () => {
    const port = await listening(createRawServer((socket) => socket.end('hello\r\n\r\n')));
    const answer = await caller().call(hookOf(`http://127.0.0.1:${port}/`), call);
    expect(answer).toMatchObject({
      passed: false,
      found: expect.stringMatching(/^could not be called \(HPE_/),
    });
  });

  test('that never comes is waited for as long as the hook says', async () => {
    const url = await serve(() => undefined);
    await expect(postHook({ url, timeout: 0.05, disableTLS: false }, {}, '{}')).rejects.toThrow(
      /^did not answer within/,
    );
  });

  test('of nobody is a no', async () => {
    const port = await listening(createRawServer());
    open.pop()?.close();
    const answer = await caller().call(hookOf(`http://127.0.0.1:${port}/`), call);
    expect(answer).toEqual({ passed: false, found: 'could not be called (ECONNREFUSED)' });
  });
});

test('a call has Flagger’s body, the key that tells repeats apart, and secrets from where they are kept', async () => {
  const heard: { headers: IncomingHttpHeaders; body: string }[] = [];
  const url = await serve(async (request, response) => {
    heard.push({ headers: request.headers, body: await text(request) });
    response.writeHead(200).end();
  });
  const headers = { Authorization: 'secret:hooks/token', 'X-Team': 'web' };
  await caller({ 'hooks/token': 'Bearer abc\n' }).call(hookOf(url, { headers }), call);
  expect(JSON.parse(heard[0]?.body ?? '')).toEqual(call.payload);
  expect(heard[0]?.headers).toMatchObject({
    authorization: 'Bearer abc',
    'x-team': 'web',
    'content-type': 'application/json',
    'idempotency-key': call.idempotencyKey,
  });
});

test('a secret that is not there is a no that names it, and nothing is sent', async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked += 1;
    response.writeHead(200).end();
  });
  const answer = await caller().call(hookOf(url, { headers: { Authorization: 'secret:gone' } }), call);
  expect(answer).toEqual({ passed: false, found: 'could not be called: there is no secret "gone"' });
  expect(asked).toBe(0);
});

describe('further attempts', () => {
  const failingFirst = (statuses: readonly number[]) => {
    const keys: unknown[] = [];
    const listener: RequestListener = (request, response) => {
      keys.push(request.headers['idempotency-key']);
      response.writeHead(statuses[keys.length - 1] ?? 200).end();
    };
    return { keys, listener };
  };

  test('are made after 429 and 5xx, with the same key, 1, 2, 4 … seconds apart', async () => {
    const { keys, listener } = failingFirst([503, 429, 500]);
    slept.length = 0;
    expect(await answerOf(listener, { retries: 3 })).toEqual({ passed: true, found: 'answered 200' });
    expect(slept).toEqual([1000, 2000, 4000]);
    expect(new Set(keys).size).toBe(1);
  });

  test('end as many as the hook says', async () => {
    const { keys, listener } = failingFirst([503, 503, 503, 503]);
    expect(await answerOf(listener, { retries: 2 })).toEqual({
      passed: false,
      found: 'answered 503, 3 attempts',
    });
    expect(keys).toHaveLength(3);
  });

  test.each([501, 404, 302])('are not made after %i, which says the same again', async (status) => {
    const { keys, listener } = failingFirst([status, 200]);
    expect(await answerOf(listener, { retries: 2 })).toMatchObject({ passed: false });
    expect(keys).toHaveLength(1);
  });
});

describe('over TLS', () => {
  const secure = async () => {
    const { certPem, keyPem } = await serverCertificate();
    const port = await listening(createTlsServer({ cert: certPem, key: keyPem }, answering(200)));
    return `https://127.0.0.1:${port}/`;
  };

  test('a certificate that nobody vouches for is refused', async () => {
    const answer = await caller().call(hookOf(await secure()), call);
    expect(answer).toMatchObject({ passed: false, found: expect.stringContaining('SELF_SIGNED') });
  });

  test('and taken where the hook says so', async () => {
    expect(await caller().call(hookOf(await secure(), { disableTLS: true }), call)).toMatchObject({
      passed: true,
    });
  });
});

describe('a hook that is a Lambda function', () => {
  const lambda = mockClient(LambdaClient);
  const hook = { function: 'arn:aws:lambda:eu-west-1:111122223333:function:check', timeout: 5 };
  const returning = (payload: unknown, functionError?: string) => {
    lambda.reset();
    lambda.on(InvokeCommand).resolves({
      Payload: Buffer.from(JSON.stringify(payload)) as never,
      ...(functionError !== undefined && { FunctionError: functionError }),
    });
    return invokeHook(hook, call.payload, new LambdaClient({ region: 'eu-west-1' }));
  };

  test.each([
    [null, undefined, 200],
    [{ ok: true }, undefined, 200],
    [{ statusCode: 403, body: 'closed' }, undefined, 403],
    [{ errorMessage: 'boom' }, 'Unhandled', 500],
  ])('that returns %j (%s) has answered %i', async (payload, functionError, status) => {
    expect(await returning(payload, functionError)).toMatchObject({ status });
  });

  test('that cannot be called has not answered', async () => {
    lambda.reset();
    lambda.on(InvokeCommand).rejects(Object.assign(new Error('no'), { name: 'ResourceNotFoundException' }));
    await expect(invokeHook(hook, {}, new LambdaClient({ region: 'eu-west-1' }))).rejects.toThrow(
      'could not be called (ResourceNotFoundException)',
    );
  });
});
