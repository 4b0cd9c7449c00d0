import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serverCertificate } from '../../../sandbox/kubernetes/certificate.ts';
import type { LambdaHost } from '../../../sandbox/lambda/host.ts';
import { functionFolder } from './functions.ts';
import { containers, type HostChanges, START } from './hosts.ts';

const { folder, write, remove } = functionFolder();
const hosts: LambdaHost[] = [];
const asked: string[] = [];
let server: Server;
let url: string;

const addressOf = (listening: Server): string => `127.0.0.1:${(listening.address() as AddressInfo).port}`;
const listen = (started: Server): Promise<void> =>
  new Promise((resolve) => started.listen(0, '127.0.0.1', resolve));

/** Answers, or parks what is asked for /hang. */
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/hang') response.writeProcessing();
    else response.end('answered');
  });
  await listen(server);
  url = `http://${addressOf(server)}`;
});
afterEach(async () => {
  asked.length = 0;
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  remove();
});

const startHost = (changes: HostChanges = {}) => {
  const started = containers(folder, changes);
  hosts.push(started.host);
  const call = async (name: string, payload: unknown = {}) =>
    JSON.parse((await started.invoke(name, JSON.stringify(payload))).payload);
  return { ...started, call };
};

const SPIN = 'export const handler = ({ spin }) => { while (spin); return process.pid; };';

describe('a container', () => {
  const nosy = `import { getRandomValues } from 'node:crypto';
    export const handler = () => {
      const seen = [process.env.MARK, globalThis.mark, global.mark, process.mark, process.listenerCount('SIGTERM'), process.exitCode];
      process.env.MARK = globalThis.mark = process.mark = 'was here';
      process.exitCode = 7;
      process.on('SIGTERM', () => undefined);
      Date.now = () => 0;
      Math.random = () => 0.5;
      return seen;
    };`;

  it('sees nothing of another one in the same process, nor of a sandbox before', async () => {
    const pids: number[] = [];
    for (let sandbox = 0; sandbox < 2; sandbox++) {
      const { host, call } = startHost();
      for (const name of ['first', 'second']) {
        host.deploy(write(name, nosy));
        expect(await call(name)).toEqual([null, null, null, null, 0, null]);
      }
      host.deploy(
        write('sober', 'export const handler = () => [process.pid, Date.now(), Math.random() === 0.5];'),
      );
      const [pid, now, half] = await call('sober');
      expect([now, half]).toEqual([START, false]);
      pids.push(pid);
      await host.close();
    }
    expect(pids[0]).toBe(pids[1]);
    expect(pids[0]).not.toBe(process.pid);
  });

  it('that was dropped does nothing more: no timer, no request, no line', async () => {
    const lines: string[] = [];
    const { clock, host, invoke } = startHost({ log: ({ line }) => lines.push(line) });
    host.deploy(
      write(
        'stubborn',
        `import { get } from 'node:http';
         const again = (url) => { console.log('again'); get(url + '/again').on('error', () => setImmediate(again, url)); };
         export const handler = ({ url }) => new Promise(() => {
           setTimeout(again, 60_000, url);
           get(url + '/hang').on('error', () => again(url));
         });`,
        { timeoutSeconds: 5 },
      ),
    );
    host.deploy(write('next', 'export const handler = () => Date.now();'));
    const { payload } = await invoke('stubborn', JSON.stringify({ url }));
    expect(JSON.parse(payload).errorType).toBe('Sandbox.Timedout');
    clock.moveTo(START + 600_000);
    expect((await invoke('next')).payload).toBe(String(START + 600_000));
    expect([asked, lines]).toEqual([['/hang'], []]);
  });

  it('has its lines under its own name, also those of timers and of streams', async () => {
    const lines: string[] = [];
    const { host, call } = startHost({
      log: ({ functionName, line }) => lines.push(`${functionName} ${line}`),
    });
    const talker = `import { Console } from 'node:console';
      export const handler = async () => {
        new Console(process.stdout).log('by a console of its own');
        process.stdout.write('half a li'); process.stdout.write('ne\\n');
        await new Promise((resolve) => setTimeout(() => { console.error('later'); resolve(); }, 1000));
      };`;
    for (const name of ['one', 'two']) host.deploy(write(name, talker));
    await Promise.all([call('one'), call('two')]);
    for (const name of ['one', 'two']) {
      const own = lines.filter((line) => line.startsWith(name));
      expect(own).toEqual([`${name} by a console of its own`, `${name} half a line`, `${name} later`]);
    }
  });

  it('has the modules of Node on its own time and randomness', async () => {
    const source = `import { setTimeout as later, clearTimeout as never } from 'node:timers';
      import { setTimeout as sleep, scheduler } from 'node:timers/promises';
      import { createRequire } from 'node:module';
      import { promisify } from 'node:util';
      import { performance as measured } from 'node:perf_hooks';
      import { randomUUID } from 'node:crypto';
      const again = createRequire(import.meta.url)('crypto');
      export const handler = async () => {
        const at = [Date.now()], from = measured.now(), high = process.hrtime.bigint();
        await new Promise((resolve) => never(later(resolve, 1000)) ?? later(resolve, 2000)); at.push(Date.now());
        await promisify(setTimeout)(3000); at.push(Date.now());
        await scheduler.wait(4000); at.push(Date.now());
        await sleep(5000, undefined, { signal: AbortSignal.timeout(10) }).catch(() => 0); at.push(Date.now());
        return [at.map((each) => each - at[0]), measured.now() - from, Number(process.hrtime.bigint() - high),
          randomUUID(), again.randomUUID(), (await import('node:crypto')).randomInt(1e9)];
      };`;
    const runs = [];
    for (let sandbox = 0; sandbox < 2; sandbox++) {
      const { host, call } = startHost();
      host.deploy(write('timely', source));
      runs.push(await call('timely'));
    }

    expect(runs[0].slice(0, 3)).toEqual([[0, 2000, 5000, 9000, 9010], 9010, 9010e6]);
    expect(runs[1]).toEqual(runs[0]);
  });

  it('trusts the certificates of its sandbox', async () => {
    const { certPem, keyPem } = await serverCertificate();
    const tls = createTlsServer({ cert: certPem, key: keyPem }, (_request, response) => response.end('safe'));
    await listen(tls as unknown as Server);
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, certPem);
    const source = `import { get } from 'node:https';
      const read = (url) => new Promise((resolve) => get(url, { agent: false }, (answer) => answer.on('data', (data) => resolve(String(data)))).on('error', (error) => resolve(error.code)));
      export const handler = async ({ url }) => [await fetch(url).then((answer) => answer.text(), (error) => error.cause.code), await read(url)];`;
    const answers = [];
    for (const changes of [{ caFile }, {}]) {
      const { host, call } = startHost(changes);
      host.deploy(write('secure', source));
      answers.push(await call('secure', { url: `https://${addressOf(tls as unknown as Server)}` }));
    }
    tls.close();
    const refused = expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/);
    expect(answers).toEqual([
      ['safe', 'safe'],
      [refused, refused],
    ]);
  });
});

describe('a function that computes without end', () => {
  it('takes the process down, and says so; those that waited have failed, the rest start anew', async () => {
    const lines: string[] = [];
    const { clock, host, call } = startHost({ guardMs: 300, log: ({ line }) => lines.push(line) });
    host.deploy(write('spinner', SPIN));
    host.deploy(write('idle', 'let calls = 0; export const handler = () => [++calls, process.pid];'));
    host.deploy(
      write(
        'parked',
        `import { get } from 'node:http'; export const handler = ({ url }) => new Promise(() => get(url + '/hang'));`,
      ),
    );
    const [, before] = await call('idle');
    expect(await call('idle')).toEqual([2, before]);
    const waiting = host.invoke('parked', JSON.stringify({ url }));
    await clock.run(START + 1000, () => asked.length > 0);
    expect(await call('spinner', { spin: true })).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(JSON.parse((await waiting).payload)).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/signal: killed$/),
    });
    const [calls, after] = await call('idle');
    expect([calls, after === before]).toEqual([1, false]);
    expect(lines.join('\n')).toContain('computes for more than 300 ms');
  });
});
