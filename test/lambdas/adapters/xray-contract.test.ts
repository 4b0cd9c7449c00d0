import { XRayClient } from '@aws-sdk/client-xray';
import { describe, expect, test } from 'vitest';
import { XRayMetrics } from '../../../lambdas/adapters/xray/metrics.ts';
import { xrayBehaviours } from '../../../sandbox/xray/behaviours.ts';
import { TraceStore } from '../../../sandbox/xray/trace-store.ts';
import { metricSourceContract, type Observation } from '../../contracts/metric-source.ts';
import { ACCOUNT, localEdge, REGION } from '../../sandbox/aws/local-edge.ts';

const CALLERS = ['global/frontend', 'global/batch'];
const USUAL_SECONDS = 0.05;

/** Response times in seconds of as many requests as failed or not; failures are the usual time. */
const timesOf = ({ requests, failures = 0, durations }: Observation) => ({
  ok:
    durations === undefined
      ? new Map([[USUAL_SECONDS, requests - failures]])
      : new Map(Object.entries(durations).map(([ms, count]) => [Number(ms) / 1000, count])),
  ...(failures > 0 && { fault: new Map([[USUAL_SECONDS, failures]]) }),
});

const create = async (source: ConstructorParameters<typeof XRayMetrics>[1]) => {
  const noon = Date.UTC(2026, 10, 21, 11);
  let stored: TraceStore | undefined;
  const { config } = await localEdge({
    services: (_iam, clock) => {
      stored = new TraceStore({ clock, home: { account: ACCOUNT, region: REGION } });
      return { xray: xrayBehaviours(stored) };
    },
  });
  const observe = async (...observations: Observation[]) => {
    for (const observation of observations)
      stored?.record({
        at: noon + observation.minute * 60_000,
        service: `global/podinfo-${observation.side}`,
        type: 'AWS::AppMesh::Proxy',
        source: `global/${observation.caller}`,
        times: timesOf(observation),
      });
  };
  return { source: new XRayMetrics(new XRayClient(config()), source), noon, observe };
};

describe("X-Ray over the sandbox's API", () => {
  metricSourceContract(() => create({ callers: CALLERS, delay: 0, period: 60 }));

  test('without listed callers counts every traced request, by the names that the spec gives', async () => {
    const services = { primary: 'global/podinfo-primary', canary: 'global/podinfo-canary' };
    const { source, noon, observe } = await create({ services, delay: 0, period: 60 });
    await observe(
      { minute: 0, caller: 'loadtester', side: 'canary', requests: 40, failures: 4 },
      { minute: 0, caller: 'frontend', side: 'canary', requests: 10 },
    );
    const router = { mesh: 'other', nodes: { primary: 'a', canary: 'b' } };
    const periods = await source.periods({
      identity: await source.identify(router),
      from: new Date(noon),
      to: new Date(noon + 60_000),
      limits: { primary: [], canary: [] },
      percentiles: [],
    });
    expect(periods).toMatchObject([{ canary: { requests: 50, failures: 4, timed: 50 } }]);
  });
});
