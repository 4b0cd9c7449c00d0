/** The judge that a spec names, told a past that is drawn from the traffic. */
import { judge } from '../judge/judge.ts';
import {
  durationsOf,
  latencyOf,
  QUANTILES,
  settingsOf,
  slowBeyond,
  toleranceOf,
} from '../judge/sequential/from-spec.ts';
import { NO_PAST, type Past, pastOf } from '../judge/sequential/past.ts';
import { windowFor } from '../judge/sequential/read-past.ts';
import { ERRORS } from '../judge/sequential/settings.ts';
import { latencyLimits } from '../spec/limits.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { sourceTiming } from '../spec/source.ts';
import type { Judging } from './play.ts';
import { random } from './random.ts';
import { drawPeriod, HEALTHY, latencyQuantile, type Traffic } from './traffic.ts';

/** The judge reads three hours of the primary, twelve where there is little traffic (sequential/read-past.ts). */
const historySeconds = (spec: RolloutSpec, traffic: Traffic): number =>
  spec.analysis.sequential?.history ?? windowFor(traffic.at(0).rps);

/** The primary's percentiles, as its source would tell them. */
const limitsOf = (spec: RolloutSpec, traffic: Traffic): Past['latency'] =>
  Object.fromEntries(
    Object.entries(durationsOf(spec).length > 0 ? QUANTILES : {}).map(([percentile, name]) => [
      name,
      slowBeyond(latencyQuantile(traffic.latency, Number(percentile) / 100), toleranceOf(spec), false),
    ]),
  );

const drawPast = (spec: RolloutSpec, traffic: Traffic, seed: number): Past => {
  const latency = limitsOf(spec, traffic);
  const { period } = sourceTiming(spec.analysis);
  const edges = Object.values(latency).map(({ primary }) => primary);
  const length = Math.ceil(historySeconds(spec, traffic) / period);
  const draw = random(seed, 0, length);
  const primary = Array.from({ length }, (_, index) => {
    const span = { start: (index - length) * period, seconds: period, share: 0 };
    return drawPeriod(draw, traffic, HEALTHY, span, 0, edges).primary ?? { requests: 0, failures: 0 };
  });
  const slower = Object.entries(latency).map(([name, limit]) => [
    name,
    primary.map((counts) => ({
      requests: counts.requests,
      bad: counts.slower?.[String(limit.primary)] ?? 0,
    })),
  ]);
  const errors = primary.map(({ requests, failures: bad }) => ({ requests, bad }));
  const settings = settingsOf(spec, { ...NO_PAST, latency });
  return pastOf(settings, { [ERRORS]: errors, ...Object.fromEntries(slower) }, { latency });
};

/** @param seed of the drawn past */
export const judgingOf = (spec: RolloutSpec, traffic: Traffic, seed: number): Judging => {
  const past = drawPast(spec, traffic, seed);
  const { metrics, limits } = latencyOf(spec, past);
  const compared = [...Object.values(metrics), ...Object.values(limits)];
  return {
    tick: (input) => judge({ ...input, past }),
    limits: [
      ...Object.values(latencyLimits(spec).limits).flat(),
      ...compared.flatMap(({ canary, primary }) => [canary, primary]),
    ],
  };
};
