import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { RealClock, VirtualClock } from '../../../sandbox/clock.ts';
import { MetricStore } from '../../../sandbox/cloudwatch/metric-store.ts';
import { LiveTraffic, type LiveTrafficOptions } from '../../../sandbox/traffic/live/live-traffic.ts';
import { CALLER_HEADER } from '../../../sandbox/traffic/live/weighted-proxy.ts';
import type { ReadyPods } from '../../../sandbox/traffic/model/options.ts';
import { TraceStore } from '../../../sandbox/xray/trace-store.ts';
import { MINUTE, START } from './world.ts';

const HOME = { account: '111122223333', region: 'eu-west-1' };
const quick = { medianMs: 1, sigma: 0.1 };
const open: LiveTraffic[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((live) => live.close()));
});

const until = async (condition: () => boolean | Promise<boolean>) => {
  for (let tries = 0; tries < 400; tries++) {
    if (await condition()) return;
    await pause(25);
  }
  throw new Error('it did not happen within 10 s');
};

const isOpen = (origin: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

const started = async (overrides: Partial<LiveTrafficOptions> = {}) => {
  const clock = overrides.clock ?? new VirtualClock(START);
  const metrics = new MetricStore({ clock, home: HOME });
  const traces = new TraceStore({ clock, home: HOME });
  const world = {
    route: {
      match: { prefix: '/' },
      action: {
        weightedTargets: [
          { virtualNode: 'podinfo-primary', weight: 100 },
          { virtualNode: 'podinfo-canary', weight: 0 },
        ],
      },
    } as object,
    pods: { primary: [{ version: '6.0.0', ready: 2 }], canary: [{ version: '6.0.2', ready: 2 }] } as Record<
      string,
      ReadyPods[]
    >,
  };
  const live = new LiveTraffic({
    clock,
    seed: 1,
    metrics,
    traces,
    rps: 0,
    sampling: 1,
    versions: {
      '6.0.0': { errorRate: 0, latency: quick },
      '6.0.2': { errorRate: 1, latency: quick },
    },
    service: {
      mesh: 'global',
      virtualService: 'podinfo',
      callers: ['frontend'],
      targets: { primary: 'podinfo-primary', canary: 'podinfo-canary' },
    },
    routes: () => [{ routeName: 'podinfo', spec: { httpRoute: world.route as never } }],
    podsOf: (role) => world.pods[role] ?? [],
    ...overrides,
  });
  open.push(live);
  const origin = await live.start();
  const sum = (name: string, target: string, caller = 'frontend') => {
    const dimensions = {
      Mesh: 'global',
      VirtualNode: caller,
      TargetVirtualService: 'podinfo',
      TargetVirtualNode: target,
    };
    const points = metrics.read(
      { namespace: 'AppMesh', name, dimensions },
      { from: START, to: START + MINUTE, period: MINUTE },
    );
    return name === 'TargetResponseTime' ? points.get(START)?.sampleCount : points.get(START)?.sum;
  };
  const weights = async (primary: number, canary: number, rest: object = {}) => {
    const weightedTargets = [
      { virtualNode: 'podinfo-primary', weight: primary },
      { virtualNode: 'podinfo-canary', weight: canary },
    ];
    world.route = { match: { prefix: '/' }, action: { weightedTargets }, ...rest };
    await live.sync();
  };
  return { clock, live, origin, world, weights, sum, traces };
};

describe('live traffic', () => {
  it('goes to real processes by the weights, and is published per caller and target at the end of the period', async () => {
    const { clock, live, origin, weights, sum, traces } = await started();
    const answer = await fetch(origin);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      expect.objectContaining({ version: '6.0.0' }),
    ]);
    await weights(0, 100);
    const failed = await fetch(origin, { headers: { [CALLER_HEADER]: 'batch' } });
    expect(failed.status).toBe(500);
    expect(sum('RequestCountPerTarget', 'podinfo-primary')).toBeUndefined();
    await live.sync();
    (clock as VirtualClock).moveTo(START + MINUTE);
    expect(sum('RequestCountPerTarget', 'podinfo-primary')).toBe(1);
    expect(sum('TargetResponseTime', 'podinfo-primary')).toBe(1);
    expect(sum('HTTPCode_Target_5XX_Count', 'podinfo-primary')).toBeUndefined();
    expect(sum('HTTPCode_Target_5XX_Count', 'podinfo-canary', 'batch')).toBe(1);
    expect(live.totals()).toMatchObject({
      requests: 2,
      failures: 1,
      byRole: { canary: { requests: 1, failures: 1 } },
      byVersion: { '6.0.0': { requests: 1, failures: 0 } },
    });
    expect(traces.read({ from: START, to: START + MINUTE }).map(({ service }) => service)).toEqual([
      'global/podinfo-primary',
      'global/podinfo-canary',
    ]);
  });

  it('takes the route of the headers that a request has, as A/B makes one beside the other', async () => {
    const to = (node: string, match: object, priority: number) => ({
      routeName: node,
      spec: {
        priority,
        httpRoute: {
          match: { prefix: '/', ...match },
          action: { weightedTargets: [{ virtualNode: node, weight: 100 }] },
        },
      },
    });
    const insider = { headers: [{ name: 'x-canary', match: { exact: 'insider' } }] };
    const { origin } = await started({
      routes: () => [to('podinfo-primary', {}, 10), to('podinfo-canary', insider, 9)],
    });
    const status = async (headers: Record<string, string>) => (await fetch(origin, { headers })).status;
    // The canary's version answers each request with 500.
    await expect(status({ 'X-Canary': 'insider' })).resolves.toBe(500);
    await expect(status({ 'X-Canary': 'outsider' })).resolves.toBe(200);
    await expect(status({})).resolves.toBe(200);
  });

  it('retries as the route says, so that clients see less than the metrics', async () => {
    const { clock, live, origin, weights, sum } = await started();
    await weights(0, 100, {
      retryPolicy: {
        maxRetries: 2,
        perRetryTimeout: { unit: 's', value: 5 },
        httpRetryEvents: ['server-error'],
      },
    });
    expect((await fetch(origin)).status).toBe(500);
    await live.behave('6.0.2', { errorRate: 0 });
    await until(async () => (await fetch(origin)).status === 200);
    await live.sync();
    (clock as VirtualClock).moveTo(START + MINUTE);
    expect(sum('HTTPCode_Target_5XX_Count', 'podinfo-canary')).toBeGreaterThanOrEqual(3);
    expect(live.totals().requests).toBeLessThan(sum('RequestCountPerTarget', 'podinfo-canary') ?? 0);
  });

  it('gives up after the timeout of the route with 504', async () => {
    const { origin, weights } = await started();
    await weights(100, 0, { timeout: { perRequest: { unit: 'ms', value: 50 } } });
    expect((await fetch(`${origin}/delay/2`)).status).toBe(504);
  });

  it('answers 503 where no pod is ready and 404 where no route matches', async () => {
    const { live, origin, world } = await started();
    world.pods.primary = [{ version: '6.0.0', ready: 0 }];
    await live.sync();
    expect((await fetch(origin)).status).toBe(503);
    world.route = { match: { prefix: '/api' }, action: { weightedTargets: [] } };
    await live.sync();
    expect((await fetch(origin)).status).toBe(404);
  });

  it('passes path, status and body through', async () => {
    const { origin } = await started();
    const codes = await Promise.all(
      ['/status/418', '/status/abc', '/healthz', '/nowhere'].map(
        async (path) => (await fetch(origin + path)).status,
      ),
    );
    expect(codes).toEqual([418, 400, 200, 404]);
    expect(await (await fetch(`${origin}/version`)).json()).toEqual({ version: '6.0.0' });
  });

  it('a steady load comes by itself, callers in turn', async () => {
    const clock = new RealClock({ scale: 20, start: START });
    const { live } = await started({ clock, scale: 20, rps: 10 });
    await until(() => live.totals().requests >= 20);
    expect(live.totals().failures).toBe(0);
    clock.stop();
  });

  it('hears of changed routes and pods by itself', async () => {
    const { origin, world } = await started();
    world.pods.primary = [{ version: '6.0.2', ready: 1 }];
    await until(async () => (await fetch(origin)).status === 500);
    world.pods.primary = [];
    await until(async () => (await fetch(origin)).status === 503);
  });

  it('a pod that is gone refuses connections; a route that tries them again hides it', async () => {
    const { live, origin, world, weights } = await started();
    world.pods.primary = [{ version: '6.0.0', ready: 1, gone: 1 }];
    await live.sync();
    const statuses = async () =>
      Promise.all(Array.from({ length: 30 }, async () => (await fetch(origin)).status));
    expect(new Set(await statuses())).toEqual(new Set([200, 503]));
    const retryPolicy = {
      maxRetries: 20,
      perRetryTimeout: { unit: 's', value: 5 },
      tcpRetryEvents: ['connection-error'],
    };
    await weights(100, 0, { retryPolicy });
    expect(new Set(await statuses())).toEqual(new Set([200]));
  });

  it('leaves no process and no port behind', async () => {
    const { live, origin } = await started();
    await live.close();
    expect(await isOpen(origin)).toBe(false);
    await expect(live.ensure('6.0.0')).rejects.toThrow('closed');
  });
});

describe('the processes of live traffic', () => {
  it('end when the sandbox is killed', async () => {
    const processes = new URL('../../../sandbox/traffic/live/version-processes.ts', import.meta.url).href;
    const script = `import { VersionProcesses } from '${processes}';
      console.log(await new VersionProcesses({}).originOf('6.0.0'));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [origin] = (await new Promise((resolve) => {
      createInterface(parent.stdout).once('line', (line) => resolve([line]));
    })) as [string];
    expect(await isOpen(origin)).toBe(true);
    parent.kill('SIGKILL');
    await until(async () => !(await isOpen(origin)));
  });
});
