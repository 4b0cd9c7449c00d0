/** What a rollout of a spec can show with the traffic that its service has: `stepcanary plan`. */
import { courseInShort } from '../course.ts';
import { shortestSeconds, steps } from '../plan.ts';
import { ratesOf } from '../spec/metrics.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { sourceTiming } from '../spec/source.ts';
import { abOf, blueGreenOf } from '../spec/strategy.ts';
import { type Advice, adviceFor } from './advice.ts';
import { type Chances, chances, rolloutsOf, type TrafficOf } from './chances.ts';
import { errorRegressions, latencyRegressions, smallestShown } from './smallest.ts';
import { type Speed, speedOf } from './speed.ts';
import { HEALTHY, type Regression } from './traffic.ts';

export interface Forecast {
  /** Rising weights in percent, and the seconds that a rollout takes at the least. */
  readonly steps: readonly number[];
  /** How the canary gets its traffic, in short. */
  readonly course: string;
  readonly shortest: number;
  readonly times: {
    readonly settle: number;
    readonly period: number;
    readonly delay: number;
    readonly deadline: number;
  };
  readonly draws: number;
  readonly healthy: Chances;
  readonly speed: Speed;
  /** Some releases that got worse. */
  readonly regressions: readonly Chances[];
  /** The smallest that nine of ten rollouts stop; null where none of those tried is, absent where nothing measures it. */
  readonly smallest: { readonly errors?: Chances | null; readonly latency?: Chances | null };
  readonly advice: readonly Advice[];
}

/** What people ask about: half a point, a point, and what nobody could overlook. */
const ASKED_ERRORS = [0.005, 0.01, 0.05, 0.5];
const ASKED_LATENCY = [1.3, 2];

const measures = (spec: RolloutSpec, name: string): boolean =>
  spec.analysis.metrics.some((metric) => metric.name === name);

/** Stands for numbers alone: no traffic violates it. */
const NOTHING_MEASURED = { name: 'request-success-rate', min: 0 } as const;

/**
 * The spec as traffic alone decides it: without what waits for people and calendars, without the judge that only advises,
 * and without numbers, metrics of its own and load tests, which nobody can draw.
 */
export const byTrafficAlone = (spec: RolloutSpec): RolloutSpec => {
  const { custom: _custom, advisory: _advisory, ...rest } = spec.analysis;
  const rates = ratesOf(rest);
  const analysis = { ...rest, metrics: rates.length > 0 ? rates : [NOTHING_MEASURED] };
  const blueGreen = blueGreenOf(spec);
  const strategy =
    blueGreen === undefined ? spec.strategy : { blueGreen: { ...blueGreen, countUnrouted: false } };
  return { ...spec, strategy, analysis, gates: [], hooks: [], freeze: [] };
};

/** @param draws rollouts that are played for each figure; an hour's rollout takes a few milliseconds */
export const forecast = (
  written: RolloutSpec,
  traffic: TrafficOf,
  draws: number,
  { regressions = true, advise = true }: { regressions?: boolean; advise?: boolean } = {},
): Forecast => {
  const spec = byTrafficAlone(written);
  const { period, delay } = sourceTiming(spec.analysis);
  const rollouts = rolloutsOf(spec, traffic);
  const healthy = chances(rollouts, HEALTHY, draws);
  const speed = speedOf(healthy);
  const [errors, latency] = [measures(spec, 'request-success-rate'), measures(spec, 'request-duration')];
  const asked: Regression[] = [
    ...(errors ? ASKED_ERRORS.map((points) => ({ errors: points, latency: 1 })) : []),
    ...(latency ? ASKED_LATENCY.map((factor) => ({ errors: 0, latency: factor })) : []),
  ];
  return {
    steps: steps(spec),
    course: `${courseInShort(spec)}${abOf(spec) === undefined ? '' : ' (the traffic named here is theirs)'}`,
    shortest: shortestSeconds(spec),
    times: { settle: spec.router.settle, period, delay, deadline: spec.analysis.deadline },
    draws,
    healthy,
    speed,
    regressions: regressions ? asked.map((one) => chances(rollouts, one, draws)) : [],
    smallest: {
      ...(errors && { errors: smallestShown(rollouts, errorRegressions, draws) ?? null }),
      ...(latency && { latency: smallestShown(rollouts, latencyRegressions, draws) ?? null }),
    },
    advice: advise ? adviceFor(spec, traffic, speed, draws) : [],
  };
};
