import { describe, expect, it } from 'vitest';
import { parseStatistic } from '../../../sandbox/cloudwatch/statistic.ts';
import { produceHistory } from '../../../sandbox/traffic/model/history.ts';
import { ModelledTraffic } from '../../../sandbox/traffic/model/modelled-traffic.ts';
import { MINUTE, podinfo, START } from './world.ts';

const retryAll = { maxRetries: 2, httpRetryEvents: ['server-error'] };

describe('modelled traffic', () => {
  it('sends the scheduled requests, split by the weights of their time', () => {
    const { world, traffic, clock, minutes, read } = podinfo();
    minutes(10);
    traffic.advanceTo(clock.now());
    world.weights = { primary: 90, canary: 10 };
    minutes(20);
    expect(
      read('RequestCountPerTarget', 'Sum', { target: 'podinfo-canary', from: 0, to: 10 }),
    ).toBeUndefined();
    const canary = read('RequestCountPerTarget', 'Sum', { target: 'podinfo-canary', from: 10, to: 20 }) ?? 0;
    expect(canary / 6_000).toBeCloseTo(1, 1);
    const { requests, byRole } = traffic.totals();
    expect(Math.abs(requests / 120_000 - 1)).toBeLessThan(0.01);
    expect(byRole.canary?.requests).toBe(canary);
    expect(read('RequestCountPerTarget', 'Sum')).toBe(byRole.primary?.requests);
  });

  it('a change within a period changes only what comes after it', () => {
    const { world, traffic, clock, minutes, read } = podinfo();
    clock.moveTo(START + 30_000);
    traffic.advanceTo(clock.now());
    world.weights = { primary: 0, canary: 100 };
    minutes(1);
    const canary = read('RequestCountPerTarget', 'Sum', { target: 'podinfo-canary' }) ?? 0;
    expect(Math.abs(canary - 3_000)).toBeLessThan(4 * Math.sqrt(3_000));
    expect((read('RequestCountPerTarget', 'Sum') ?? 0) + canary).toBe(traffic.totals().requests);
  });

  it('latencies follow the lognormal: median 50 ms, P99 50 * e^(0.6 * 2.326) = 202 ms', () => {
    const { metrics, minutes } = podinfo({ schedule: [{ fromMs: 0, rps: 500 }] });
    minutes(10);
    const dimensions = {
      Mesh: 'global',
      VirtualNode: 'frontend',
      TargetVirtualService: 'podinfo',
      TargetVirtualNode: 'podinfo-primary',
    };
    const series = { namespace: 'AppMesh', name: 'TargetResponseTime', dimensions };
    const whole = metrics
      .read(series, { from: START, to: START + 10 * MINUTE, period: 10 * MINUTE })
      .get(START);
    const value = (stat: string) => (whole && parseStatistic(stat)?.(whole)) ?? Number.NaN;
    expect(value('p50') / 50).toBeCloseTo(1, 1);
    expect(value('p99') / 202).toBeCloseTo(1, 1);
    expect(value('TC(202:)') / value('SampleCount')).toBeCloseTo(0.01, 2);
  });

  it('slow requests and errors appear in their shares', () => {
    const latency = { medianMs: 50, sigma: 0.6, slowShare: 0.02, slowAddMs: 500 };
    const { minutes, read } = podinfo({ versions: { '6.0.0': { errorRate: 0.05, latency } } });
    minutes(10);
    const requests = read('RequestCountPerTarget', 'Sum') ?? 0;
    expect((read('HTTPCode_Target_5XX_Count', 'Sum') ?? 0) / requests).toBeCloseTo(0.05, 2);
    expect((read('TargetResponseTime', 'TC(500:)') ?? 0) / requests).toBeCloseTo(0.02, 2);
    expect(
      (read('HTTPCode_Target_2XX_Count', 'Sum') ?? 0) + (read('HTTPCode_Target_5XX_Count', 'Sum') ?? 0),
    ).toBe(requests);
  });

  it('what did not happen is not published', () => {
    const { minutes, read } = podinfo({
      versions: { '6.0.0': { errorRate: 0, latency: { medianMs: 5, sigma: 0.1 } } },
    });
    minutes(3);
    expect(read('RequestCountPerTarget', 'Sum')).toBeGreaterThan(0);
    expect(read('HTTPCode_Target_5XX_Count', 'Sum')).toBeUndefined();
    expect(read('RequestCountPerTarget', 'Sum', { target: 'podinfo-canary' })).toBeUndefined();
  });

  it('retries hide errors from clients, not from the metrics', () => {
    const broken = { '6.0.0': { errorRate: 0.2, latency: { medianMs: 50, sigma: 0.6 } } };
    const plain = podinfo({ versions: broken });
    const retrying = podinfo({ versions: broken });
    retrying.world.policy = retryAll;
    for (const { minutes } of [plain, retrying]) minutes(10);
    const shares = [plain, retrying].map(({ traffic, read }) => {
      const { requests, failures } = traffic.totals();
      const attempts = read('RequestCountPerTarget', 'Sum') ?? 0;
      return {
        client: failures / requests,
        target: (read('HTTPCode_Target_5XX_Count', 'Sum') ?? 0) / attempts,
        attempts: attempts / requests,
      };
    });
    expect(shares[0]?.client).toBeCloseTo(0.2, 2);
    expect(shares[0]?.attempts).toBe(1);
    expect(shares[1]?.client).toBeCloseTo(0.008, 2);
    expect(shares[1]?.target).toBeCloseTo(0.2, 2);
    expect(shares[1]?.attempts).toBeCloseTo(1.24, 2);
  });

  it('a gateway-error policy does not try a 500 again', () => {
    const { world, traffic, minutes } = podinfo({
      versions: { '6.0.0': { errorRate: 0.5, latency: { medianMs: 5, sigma: 0.1 } } },
    });
    world.policy = { maxRetries: 5, httpRetryEvents: ['gateway-error'] };
    minutes(2);
    const { requests, failures } = traffic.totals();
    expect(failures / requests).toBeCloseTo(0.5, 1);
  });

  it('a request that takes longer than the route waits fails with 504', () => {
    const { world, traffic, minutes, read } = podinfo({
      versions: {
        '6.0.0': { errorRate: 0, latency: { medianMs: 50, sigma: 0.6, slowShare: 0.1, slowAddMs: 2_000 } },
      },
    });
    world.policy = { perRequestTimeoutMs: 1_000 };
    minutes(5);
    const { requests, failures } = traffic.totals();
    expect(failures / requests).toBeCloseTo(0.1, 1);
    expect(read('HTTPCode_Target_5XX_Count', 'Sum')).toBe(failures);
    expect(read('TargetResponseTime', 'TC(1010:)')).toBe(0);
  });

  it('a target with a weight and no ready pod answers 503 for its share, retries or not', () => {
    const { world, traffic, minutes, read } = podinfo();
    world.weights = { primary: 50, canary: 50 };
    world.pods.canary = [{ version: '6.0.1', ready: false }];
    world.policy = retryAll;
    minutes(5);
    const { byRole, byVersion } = traffic.totals();
    expect(byRole.canary?.failures).toBe(byRole.canary?.requests);
    expect(byVersion.none?.requests).toBe(byRole.canary?.requests);
    expect(read('HTTPCode_Target_5XX_Count', 'Sum', { target: 'podinfo-canary' })).toBe(
      byRole.canary?.requests,
    );
    expect(read('TargetResponseTime', 'SampleCount', { target: 'podinfo-canary' })).toBeUndefined();
  });

  it('where no route takes a request, the client gets an error and no target hears of it', () => {
    const { world, traffic, minutes, read } = podinfo();
    world.weights = {};
    minutes(2);
    const { requests, failures, byRole } = traffic.totals();
    expect(failures).toBe(requests);
    expect(byRole.none?.requests).toBeGreaterThan(11_000);
    expect(read('RequestCount', 'Sum')).toBeUndefined();
  });

  it('connections to pods that are gone fail, unless the route tries connections again', () => {
    const losing = (policy: object) => {
      const { world, traffic, minutes, read } = podinfo();
      world.pods.primary = [{ version: '6.0.0', ready: 3, gone: 1 }];
      world.policy = policy;
      minutes(5);
      const { requests, failures } = traffic.totals();
      return {
        client: failures / requests,
        target: (read('HTTPCode_Target_5XX_Count', 'Sum') ?? 0) / requests,
      };
    };
    const plain = losing({});
    expect(plain.client).toBeCloseTo(0.25, 1);
    expect(plain.target).toBe(plain.client);
    const retrying = losing({ maxRetries: 1, tcpRetryEvents: ['connection-error'] });
    expect(retrying.client).toBeLessThan(0.002);
    expect(retrying.target).toBeCloseTo(0.25, 1);
    expect(losing({ maxRetries: 1, httpRetryEvents: ['gateway-error'] }).client).toBeCloseTo(0.25, 1);
  });

  it('pods beyond their capacity get slow, by the square of the overload', () => {
    const versions = { '6.0.0': { errorRate: 0, latency: { medianMs: 50, sigma: 0.1 }, podRps: 50 } };
    const { world, traffic, clock, minutes, read } = podinfo({ versions });
    minutes(2);
    traffic.advanceTo(clock.now());
    world.pods.primary = [{ version: '6.0.0', ready: 1 }];
    minutes(4);
    const medians = [0, 2].map(
      (from) => (read('TargetResponseTime', 'p50', { from, to: from + 1 }) ?? 0) / 50,
    );
    expect(medians[0]).toBeCloseTo(1, 1);
    expect(medians[1]).toBeCloseTo(4, 1);
    expect(traffic.loadOf('primary')).toBe(100);
  });

  it('pods of several versions behind one role share its requests', () => {
    const { world, traffic, minutes } = podinfo();
    world.pods.primary = [
      { version: '6.0.0', ready: 3 },
      { version: '6.0.1', ready: 1 },
    ];
    minutes(5);
    const { byVersion, requests } = traffic.totals();
    expect((byVersion['6.0.1']?.requests ?? 0) / requests).toBeCloseTo(0.25, 1);
  });

  it('a load test past the route is in the target, not in what callers or clients saw', () => {
    const { world, traffic, minutes, read } = podinfo();
    world.weights = { primary: 95, canary: 5 };
    traffic.direct({ rps: 20, to: 'canary', forMs: 5 * MINUTE });
    minutes(10);
    const { byRole, direct } = traffic.totals();
    expect(direct / 6_000).toBeCloseTo(1, 1);
    expect(read('RequestCountPerTarget', 'Sum', { target: 'podinfo-canary' })).toBe(byRole.canary?.requests);
    expect(read('RequestCount', 'Sum', { target: 'podinfo-canary' })).toBe(
      (byRole.canary?.requests ?? 0) + direct,
    );
    expect(read('RequestCount', 'Sum', { target: 'podinfo-canary', from: 5, to: 10 })).toBe(
      read('RequestCountPerTarget', 'Sum', { target: 'podinfo-canary', from: 5, to: 10 }),
    );
  });

  it('a load test from inside the mesh shows under its own caller', () => {
    const { traffic, minutes, read } = podinfo();
    traffic.direct({ rps: 20, to: 'canary', caller: 'loadtester' });
    minutes(5);
    expect(read('RequestCountPerTarget', 'Sum', { target: 'podinfo-canary' })).toBeUndefined();
    expect(read('RequestCountPerTarget', 'Sum', { target: 'podinfo-canary', caller: 'loadtester' })).toBe(
      traffic.totals().direct,
    );
  });

  it('incidents add to the rate of the versions they name, for their time', () => {
    const { traffic, clock, world, minutes, read } = podinfo();
    world.weights = { primary: 50, canary: 50 };
    minutes(2);
    traffic.incident({ errorRate: 0.3, forMs: 3 * MINUTE, versions: ['6.0.1'] });
    minutes(8);
    const rate = (target: string, from: number, to: number) =>
      (read('HTTPCode_Target_5XX_Count', 'Sum', { target, from, to }) ?? 0) /
      (read('RequestCountPerTarget', 'Sum', { target, from, to }) ?? 0);
    expect(rate('podinfo-canary', 2, 5)).toBeCloseTo(0.3, 1);
    expect(rate('podinfo-canary', 5, 8)).toBeLessThan(0.01);
    expect(rate('podinfo-primary', 2, 5)).toBeLessThan(0.01);
    expect(clock.now()).toBe(START + 8 * MINUTE);
  });

  it('a version behaves differently from the moment it changes', () => {
    const { traffic, minutes, read } = podinfo();
    minutes(3);
    traffic.behave('6.0.0', { errorRate: 0.5 });
    minutes(6);
    expect(read('HTTPCode_Target_5XX_Count', 'Sum', { from: 0, to: 3 })).toBeLessThan(50);
    expect(read('HTTPCode_Target_5XX_Count', 'Sum', { from: 3, to: 6 })).toBeGreaterThan(8_000);
  });

  it('steps of the schedule and shares of callers', () => {
    const { minutes, read } = podinfo({
      schedule: [
        { fromMs: 0, rps: 100 },
        { fromMs: 150_000, rps: 10 },
      ],
      service: {
        mesh: 'global',
        virtualService: 'podinfo',
        callers: ['frontend', 'batch'],
        targets: { primary: 'podinfo-primary' },
      },
    });
    minutes(5);
    const sums = ['frontend', 'batch'].map((caller) => read('RequestCountPerTarget', 'Sum', { caller }) ?? 0);
    for (const sum of sums) expect(Math.abs(sum - 8_250)).toBeLessThan(4 * Math.sqrt(8_250));
  });

  it('metrics that are missing or late lose or delay whole minutes, though nobody looked meanwhile', () => {
    const { clock, metrics, minutes, read } = podinfo();
    const seen = () =>
      Array.from({ length: (clock.now() - START) / MINUTE }, (_, minute) => minute).filter(
        (from) => read('RequestCountPerTarget', 'Sum', { from, to: from + 1 }) !== undefined,
      );
    minutes(6);
    metrics.setState('missing');
    minutes(11);
    metrics.setState('late', { by: 3 * MINUTE });
    minutes(13);
    metrics.setState('ok');
    minutes(14);
    expect(seen()).toEqual([0, 1, 2, 3, 4, 5, 13]);
    minutes(16);
    expect(seen()).toEqual([0, 1, 2, 3, 4, 5, 11, 12, 13, 14, 15]);
  });

  it('A/B: requests are routed by what they carry', () => {
    const insider = { method: 'GET', path: '/', headers: { 'x-canary': 'insider' } };
    const { traffic, minutes } = podinfo({
      mix: [
        { share: 9, request: { method: 'GET', path: '/', headers: {} } },
        { share: 1, request: insider },
      ],
      split: ({ headers }) => (headers['x-canary'] === 'insider' ? { canary: 100 } : { primary: 100 }),
    });
    minutes(5);
    const { byRole, requests } = traffic.totals();
    expect((byRole.canary?.requests ?? 0) / requests).toBeCloseTo(0.1, 2);
  });

  it('180 minutes of the running version are there at the start, and are not counted', () => {
    const { traffic, metrics, read } = podinfo({ history: { version: '6.0.0' } });
    expect(traffic.totals()).toMatchObject({ requests: 0, failures: 0 });
    const dimensions = { Mesh: 'global', VirtualNode: 'podinfo-primary' };
    const history = metrics.read(
      { namespace: 'AppMesh', name: 'RequestCount', dimensions },
      { from: START - 200 * MINUTE, to: START, period: MINUTE },
    );
    expect(history.size).toBe(180);
    expect((read('RequestCountPerTarget', 'Sum', { from: -180, to: 0 }) ?? 0) / 1_080_000).toBeCloseTo(1, 2);
  });

  it('a live service gets the same past as a modelled one', () => {
    const modelled = podinfo({ history: { version: '6.0.0', minutes: 30 } });
    const live = podinfo({ schedule: [{ fromMs: 0, rps: 0 }] });
    const service = {
      mesh: 'global',
      virtualService: 'podinfo',
      callers: ['frontend'],
      targets: { primary: 'podinfo-primary' },
    };
    const { clock, metrics, traces } = live;
    produceHistory(
      { clock, seed: 7, metrics, traces, versions: {}, service },
      { version: '6.0.0', minutes: 30, rps: 100 },
    );
    for (const [name, stat] of [
      ['RequestCountPerTarget', 'Sum'],
      ['TargetResponseTime', 'p99'],
    ] as const)
      expect(live.read(name, stat, { from: -30, to: 0 })).toBe(
        modelled.read(name, stat, { from: -30, to: 0 }),
      );
  });

  it('X-Ray sees a twentieth, a node per version, with its callers', () => {
    const { world, traces, traffic, minutes, clock } = podinfo();
    world.weights = { primary: 50, canary: 50 };
    traffic.behave('6.0.1', { errorRate: 0.4 });
    minutes(10);
    const batches = traces.read({ from: START, to: clock.now() });
    const count = (service: string, outcome: 'ok' | 'fault') =>
      batches
        .filter((batch) => batch.service === service && batch.source === 'global/frontend')
        .flatMap(({ times }) => [...(times[outcome]?.values() ?? [])])
        .reduce((a, b) => a + b, 0);
    const canary = count('global/podinfo-canary', 'ok') + count('global/podinfo-canary', 'fault');
    expect(canary / 1_500).toBeCloseTo(1, 1);
    expect(count('global/podinfo-canary', 'fault') / canary).toBeCloseTo(0.4, 1);
    expect(count('global/podinfo-primary', 'fault')).toBeLessThan(20);
  });
});

describe('several services', () => {
  it('do not disturb each other', () => {
    const alone = podinfo();
    const { clock, metrics, traffic } = podinfo();
    const other = new ModelledTraffic({
      clock,
      seed: 7,
      metrics,
      schedule: [{ fromMs: 0, rps: 30 }],
      versions: {},
      service: {
        mesh: 'global',
        virtualService: 'details',
        callers: ['frontend'],
        targets: { primary: 'details-primary' },
      },
      split: () => ({ primary: 1 }),
      podsOf: () => [{ version: '1', ready: 1 }],
    });
    for (const one of [alone.clock, clock]) one.moveTo(START + 3 * MINUTE);
    expect(other.totals().requests).toBeGreaterThan(5_000);
    expect(traffic.totals()).toEqual(alone.traffic.totals());
  });
});

describe('the same seed', () => {
  const run = (seed: number, looks: number) => {
    const { world, traffic, clock, metrics } = podinfo({ seed, history: { version: '6.0.0', minutes: 10 } });
    for (let look = 0; look < looks; look++) {
      clock.moveTo(START + (look * 5 * MINUTE) / looks);
      metrics.list();
    }
    clock.moveTo(START + 5 * MINUTE);
    traffic.advanceTo(clock.now());
    world.weights = { primary: 80, canary: 20 };
    clock.moveTo(START + 10 * MINUTE);
    const series = metrics.list();
    const range = { from: START - 10 * MINUTE, to: START + 10 * MINUTE, period: MINUTE };
    return JSON.stringify([traffic.totals(), series.map((one) => [one, [...metrics.read(one, range)]])]);
  };

  it('gives the same bytes, however often somebody looks', () => {
    expect(run(7, 1)).toBe(run(7, 1));
    expect(run(7, 40)).toBe(run(7, 1));
    expect(run(8, 1)).not.toBe(run(7, 1));
  });
});
