/** The judge that a spec names, told a past that is drawn from the traffic. */
import { judge } from '../judge/judge.ts';
import type { AdvanceMode } from '../judge/sequential/advance.ts';
import { type LatencyLimits, TOLERANCE } from '../judge/sequential/from-period.ts';
import { judgeSequential } from '../judge/sequential/judge-sequential.ts';
import { defaultSettings } from '../judge/sequential/settings.ts';
import type { History } from '../judge/sequential/state.ts';
import { latencyLimits } from '../spec/limits.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { sourceTiming } from '../spec/source.ts';
import type { Judging } from './play.ts';
import { random } from './random.ts';
import { drawPeriod, HEALTHY, latencyQuantile, type Traffic } from './traffic.ts';

/** How a rollout is judged: by Flagger's rule, or sequentially in one of its modes. */
export type Mode = 'threshold' | AdvanceMode;

/** Periods of the primary alone that the sequential judge knows (180 minutes at 60 s). */
const HISTORY_PERIODS = 180;
const QUANTILES = { l75: 0.75, l95: 0.95, l99: 0.99 } as const;

const slowBeyond = (traffic: Traffic): LatencyLimits => ({
  metrics: Object.fromEntries(
    Object.entries(QUANTILES).map(([name, share]) => {
      const primary = latencyQuantile(traffic.latency, share);
      return [name, { primary, canary: TOLERANCE * primary }];
    }),
  ),
  limits: {},
});

const limitsOf = ({ metrics }: LatencyLimits): number[] =>
  Object.values(metrics).flatMap(({ canary, primary }) => [canary, primary]);

const drawHistory = (spec: RolloutSpec, traffic: Traffic, slow: LatencyLimits, seed: number): History => {
  const { period } = sourceTiming(spec.analysis);
  const draw = random(seed, 0, HISTORY_PERIODS);
  const past = Array.from({ length: HISTORY_PERIODS }, (_, index) => {
    const start = (index - HISTORY_PERIODS) * period;
    const drawn = drawPeriod(draw, traffic, HEALTHY, { start, seconds: period, share: 0 }, 0, limitsOf(slow));
    return drawn.primary ?? { requests: 0, failures: 0, slower: {} };
  });
  const slowerThan = (limit: number) =>
    past.map(({ requests, slower }) => ({ requests, bad: slower?.[String(limit)] ?? 0 }));
  return {
    err: past.map(({ requests, failures }) => ({ requests, bad: failures })),
    ...Object.fromEntries(
      Object.entries(slow.metrics).map(([name, { primary }]) => [name, slowerThan(primary)]),
    ),
  };
};

const sequential = (spec: RolloutSpec, mode: AdvanceMode, traffic: Traffic, seed: number): Judging => {
  const latency = slowBeyond(traffic);
  const history = drawHistory(spec, traffic, latency, seed);
  const settings = defaultSettings(spec.analysis.deadline / sourceTiming(spec.analysis).period);
  return {
    tick: (input) => judgeSequential({ ...input, settings, mode, latency, history }),
    limits: limitsOf(latency),
  };
};

/** @param seed of the drawn past */
export const judgingOf = (spec: RolloutSpec, mode: Mode, traffic: Traffic, seed: number): Judging =>
  mode === 'threshold'
    ? { tick: judge, limits: Object.values(latencyLimits(spec).limits).flat() }
    : sequential(spec, mode, traffic, seed);
