import { expect, test } from 'vitest';
import { chances, rolloutsOf } from '../../../../lambdas/core/forecast/chances.ts';
import { byTrafficAlone } from '../../../../lambdas/core/forecast/forecast.ts';
import { HEALTHY, steadyTraffic } from '../../../../lambdas/core/forecast/traffic.ts';
import type { RolloutSpec } from '../../../../lambdas/core/spec/schema.ts';
import { exampleSpec } from '../example-spec.ts';

const specOf = (countUnrouted: boolean, judge: 'sequential' | 'threshold'): RolloutSpec => ({
  ...exampleSpec({ analysis: { judge, noData: countUnrouted ? 'fail' : 'inconclusive' } }),
  strategy: { blueGreen: { iterations: 3, countUnrouted } },
});

test.each([
  ['the limits decide', specOf(false, 'sequential')],
  ['a load test would make the metrics, which nobody can draw', specOf(true, 'threshold')],
])('blue/green is played through its tests and its switch: %s', (_, spec) => {
  const rollouts = rolloutsOf(byTrafficAlone(spec), () =>
    steadyTraffic({ rps: 100, errors: 0.001 }, { medianMs: 50, sigma: 0.6 }),
  );
  expect(chances(rollouts, HEALTHY, 10)).toMatchObject({ promoted: 1, rolledBack: 0 });
  expect(chances(rollouts, { errors: 0.2, latency: 1 }, 10).rolledBack).toBe(1);
});
