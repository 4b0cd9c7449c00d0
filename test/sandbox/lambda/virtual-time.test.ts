import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { LambdaHost } from '../../../sandbox/lambda/host.ts';
import { credentials, functionFolder, surroundings } from './functions.ts';

const START = Date.UTC(2030, 0, 1);
const { folder, write, remove } = functionFolder();
const hosts: LambdaHost[] = [];
let server: Server;
let url: string;

/** Answers after some real time, or, for /hang, says that a fault parks the call and never answers. */
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/hang') response.writeProcessing();
    else setTimeout(() => response.end(request.url), 30);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  remove();
});

const startHost = (seed = '7') => {
  const clock = new VirtualClock(START);
  const host = new LambdaHost({ clock, surroundings: surroundings(folder), credentials, virtual: { seed } });
  hosts.push(host);
  /** Invokes the function and lets time pass until it has answered. */
  const invoke = async (name: string, payload: unknown = {}) => {
    let answer: string | undefined;
    void host.invoke(name, JSON.stringify(payload)).then(({ payload }) => {
      answer = payload;
    });
    await clock.run(clock.now() + 3_600_000, () => answer !== undefined);
    return JSON.parse(answer ?? '"no answer"');
  };
  const call = (source: string, payload: unknown = {}, timeoutSeconds = 30) => {
    host.deploy(write('fn', source, { timeoutSeconds }));
    return invoke('fn', payload);
  };
  return { clock, host, invoke, call };
};

const GET = `import { get } from 'node:http';
const read = (url, options = {}) => new Promise((resolve, reject) => {
  const request = get(url, options, (answer) => { answer.resume(); answer.on('end', () => resolve(answer.statusCode)); });
  request.on('timeout', () => request.destroy(Object.assign(new Error('too slow'), { name: 'TimeoutError' })));
  request.on('error', reject);
});`;

describe('virtual time in a function', () => {
  it('passes at once while the function sleeps, and the sandbox moves along', async () => {
    const { clock, call } = startHost();
    const answer = await call(`import { setTimeout as sleep } from 'node:timers/promises';
      export const handler = async () => {
        const at = [Date.now()];
        await new Promise((resolve) => setTimeout(resolve, 10_000));
        at.push(Date.now());
        await sleep(5_000);
        return [...at, Date.now(), new Date().toISOString()];
      };`);
    expect(answer).toEqual([START, START + 10_000, START + 15_000, '2030-01-01T00:00:15.000Z']);
    expect(clock.now()).toBe(START + 15_000);
  });

  it('stands still while a request is under way', async () => {
    const { clock, call } = startHost();
    const answer = await call(
      `${GET}
      export const handler = async ({ url }) => {
        const statuses = await Promise.all([read(url), fetch(url).then((answer) => answer.status)]);
        return [...statuses, Date.now()];
      };`,
      { url },
    );
    expect(answer).toEqual([200, 200, START]);
    expect(clock.now()).toBe(START);
  });

  it.each([
    ['a request with a time-out', `read(url + '/hang', { timeout: 4_000 })`, 4_000],
    ['a request with a signal', `read(url + '/hang', { signal: AbortSignal.timeout(3_000) })`, 3_000],
    ['a fetch with a signal', `fetch(url + '/hang', { signal: AbortSignal.timeout(2_000) })`, 2_000],
  ])('ends %s that a fault has parked', async (_name, request, milliseconds) => {
    const { call } = startHost();
    const source = `${GET}
      export const handler = async ({ url }) => {
        const error = await ${request}.catch((error) => error.name);
        return [error, Date.now()];
      };`;
    const [error, at] = await call(source, { url });
    expect(error).toMatch(/TimeoutError|AbortError/);
    expect(at).toBe(START + milliseconds);
  });

  it('ends the function at its own time-out when it waits for what never comes', async () => {
    const { clock, call } = startHost();
    const parked = await call(`${GET} export const handler = ({ url }) => read(url + '/hang');`, { url }, 20);
    expect(parked).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(clock.now()).toBe(START + 20_000);
    const asleep = await call('export const handler = () => new Promise(() => setInterval(() => 0, 7000));');
    expect(asleep.errorMessage).toContain('Task timed out after 30.00 seconds');
    expect(clock.now()).toBe(START + 50_000);
  });

  it('begins each invocation at the sandbox’s time in the same process', async () => {
    const { clock, invoke, call } = startHost();
    const source = 'const loaded = Date.now(); export const handler = () => [loaded, Date.now()];';
    expect(await call(source)).toEqual([START, START]);
    clock.moveTo(START + 3_600_000);
    expect(await invoke('fn')).toEqual([START, START + 3_600_000]);
  });
});

describe('functions that wait', () => {
  it('let others run, one at a time, in the order of virtual time', async () => {
    const { clock, host } = startHost();
    const seen: unknown[] = [];
    host.deploy(
      write(
        'sleeper',
        `import { setTimeout as sleep } from 'node:timers/promises';
         export const handler = async ({ ms }) => { await sleep(ms); return Date.now(); };`,
      ),
    );
    for (const ms of [9_000, 3_000]) {
      void host
        .invoke('sleeper', JSON.stringify({ ms }))
        .then(({ payload }) => seen.push(Number(payload) - START));
    }
    clock.schedule(START + 5_000, () => seen.push('a timer of the sandbox'));
    await clock.run(START + 60_000, () => seen.length === 3);
    expect(seen).toEqual([3_000, 'a timer of the sandbox', 9_000]);
  });
});

describe('a function that calls another and waits for it', () => {
  const caller = `${GET} export const handler = async ({ url }) => { return read(url); };`;
  const callee = (work: string) => `${GET} export const handler = async ({ url }) => { await ${work}; };`;

  it.each([
    ['sleeps', 'new Promise((resolve) => setTimeout(resolve, 4_000))', 4_000],
    ['is parked until its time-out', `read(url + '/hang')`, 10_000],
  ])('goes on when that one, which %s, has answered', async (_name, work, milliseconds) => {
    const { clock, host, invoke } = startHost();
    host.deploy(write('caller', caller));
    host.deploy(write('callee', callee(work), { timeoutSeconds: 10 }));
    const lambda = createServer(async (_request, response) => {
      await host.invoke('callee', JSON.stringify({ url }), { nested: true });
      response.end();
    });
    await new Promise<void>((resolve) => {
      lambda.listen(0, '127.0.0.1', resolve);
    });
    const api = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
    expect(await invoke('caller', { url: api })).toBe(200);
    expect(clock.now()).toBe(START + milliseconds);
    lambda.closeAllConnections();
    lambda.close();
  });
});

describe('randomness in a function', () => {
  const source = `import { randomUUID, randomBytes, randomInt, getRandomValues } from 'node:crypto';
    export const handler = async (_event, context) => [
      Math.random(), randomUUID(), crypto.randomUUID(), randomBytes(5).toString('hex'), randomInt(1e9),
      crypto.getRandomValues(new Uint32Array(2))[1], getRandomValues(new Uint8Array(9)).join(""), context.awsRequestId, process.env._X_AMZN_TRACE_ID];`;

  it('is decided by seed and invocation, and differs between invocations and seeds', async () => {
    const runs = [];
    for (const seed of ['7', '7', '8']) {
      const { invoke, call } = startHost(seed);
      runs.push([await call(source), await invoke('fn')]);
    }
    expect(runs[0]).toEqual(runs[1]);
    const values = [...(runs[0]?.flat() ?? []), ...(runs[2]?.flat() ?? [])];
    expect(new Set(values).size).toBe(values.length);
  });
});

describe('asynchronous invocations', () => {
  it('are retried after one and two minutes, then go to the failure targets', async () => {
    const clock = new VirtualClock(START);
    const delivered: unknown[] = [];
    const attempts: number[] = [];
    const host = new LambdaHost({
      clock,
      surroundings: surroundings(folder),
      credentials,
      virtual: { seed: 1 },
      onInvocation: ({ at }) => attempts.push((at - START) / 1000),
      failures: ({ targetArn, body, attributes }) =>
        delivered.push([targetArn, JSON.parse(body), attributes]),
    });
    hosts.push(host);
    host.deploy(write('failing', 'export const handler = () => { throw new Error("no"); };'));
    host.configureEvents('failing', { deadLetter: 'arn:aws:sqs:eu-west-1:123456789012:dead' });
    host.configureEvents('failing', { onFailure: 'arn:aws:sns:eu-west-1:123456789012:failed' });
    expect(await host.invoke('failing', '{"n":1}', { type: 'Event' })).toEqual({
      payload: '',
      executedVersion: '$LATEST',
    });
    await clock.run(START + 3_600_000);
    expect(attempts).toEqual([0, 60, 180]);
    expect(delivered).toEqual([
      ['arn:aws:sqs:eu-west-1:123456789012:dead', { n: 1 }, { ErrorCode: '200', ErrorMessage: 'no' }],
      [
        'arn:aws:sns:eu-west-1:123456789012:failed',
        expect.objectContaining({
          timestamp: '2030-01-01T00:03:00.000Z',
          requestPayload: { n: 1 },
          requestContext: expect.objectContaining({
            condition: 'RetriesExhausted',
            approximateInvokeCount: 3,
          }),
          responsePayload: expect.objectContaining({ errorType: 'Error', errorMessage: 'no' }),
        }),
        {},
      ],
    ]);
  });
});
