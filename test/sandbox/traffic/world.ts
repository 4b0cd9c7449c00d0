import { VirtualClock } from '../../../sandbox/clock.ts';
import { MetricStore } from '../../../sandbox/cloudwatch/metric-store.ts';
import { parseStatistic } from '../../../sandbox/cloudwatch/statistic.ts';
import { ModelledTraffic } from '../../../sandbox/traffic/model/modelled-traffic.ts';
import type { ModelledTrafficOptions, ReadyPods } from '../../../sandbox/traffic/model/options.ts';
import type { RoutePolicy } from '../../../sandbox/traffic/route-policy.ts';
import { TraceStore } from '../../../sandbox/xray/trace-store.ts';

export const START = Date.UTC(2026, 0, 5, 12);
export const MINUTE = 60_000;
const HOME = { account: '111122223333', region: 'eu-west-1' };

/** Podinfo with 6.0.0 as primary and 6.0.1 as canary, in a world that tests change by assignment. */
export const podinfo = (overrides: Partial<ModelledTrafficOptions> = {}) => {
  const clock = new VirtualClock(START);
  const metrics = new MetricStore({ clock, home: HOME });
  const traces = new TraceStore({ clock, home: HOME });
  const world = {
    weights: { primary: 100, canary: 0 } as Record<string, number>,
    pods: {
      primary: [{ version: '6.0.0', ready: 2 }],
      canary: [{ version: '6.0.1', ready: 2 }],
    } as Record<string, ReadyPods[]>,
    policy: {} as RoutePolicy,
  };
  const traffic = new ModelledTraffic({
    clock,
    seed: 7,
    metrics,
    traces,
    schedule: [{ fromMs: 0, rps: 100 }],
    versions: {},
    service: {
      mesh: 'global',
      virtualService: 'podinfo',
      callers: ['frontend'],
      targets: { primary: 'podinfo-primary', canary: 'podinfo-canary' },
    },
    split: () => world.weights,
    podsOf: (role) => world.pods[role] ?? [],
    retryPolicy: () => world.policy,
    ...overrides,
  });
  const outbound = (target: string, caller = 'frontend') => ({
    Mesh: 'global',
    VirtualNode: caller,
    TargetVirtualService: 'podinfo',
    TargetVirtualNode: target,
  });
  /** A statistic of the minutes [from, to) after the start; undefined where nothing was published. */
  const read = (
    name: string,
    stat: string,
    options: { target?: string; caller?: string; from?: number; to?: number } = {},
  ) => {
    const { target = 'podinfo-primary', caller, from = 0, to = (clock.now() - START) / MINUTE } = options;
    const dimensions =
      name === 'RequestCount' ? { Mesh: 'global', VirtualNode: target } : outbound(target, caller);
    const length = (to - from) * MINUTE;
    const points = metrics.read(
      { namespace: 'AppMesh', name, dimensions },
      { from: START + from * MINUTE, to: START + to * MINUTE, period: MINUTE },
    );
    expectWhole(length);
    let sum: number | undefined;
    for (const distribution of points.values())
      sum = (sum ?? 0) + (parseStatistic(stat)?.(distribution) ?? 0);
    return sum;
  };
  return {
    clock,
    metrics,
    traces,
    world,
    traffic,
    read,
    minutes: (count: number) => clock.moveTo(START + count * MINUTE),
  };
};

const expectWhole = (length: number) => {
  if (length <= 0 || length % MINUTE !== 0) throw new Error('whole minutes only');
};
