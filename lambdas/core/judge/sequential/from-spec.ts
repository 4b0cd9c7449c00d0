/** A spec's words as the judge's settings. Percentages become shares of 0 to 1. */

import type { MetricSpec, RolloutSpec } from '../../spec/schema.ts';
import { sourceTiming } from '../../spec/source.ts';
import { populationsDiffer } from '../populations.ts';
import { type LatencyLimits, type SlowBeyond, TOLERANCE } from './from-period.ts';
import { NO_PAST, type Past } from './past.ts';
import { UNKNOWN_RATE } from './primary-rate.ts';
import {
  COMPARED,
  type ComparedMetric,
  defaultSettings,
  ERRORS,
  LATENCY_WEIGHT,
  LIMIT_WEIGHT,
  type LimitMetric,
  type SequentialSettings,
} from './settings.ts';

type Of = Pick<RolloutSpec, 'analysis' | 'strategy'>;
type Success = Extract<MetricSpec, { name: 'request-success-rate' }>;
type Duration = Extract<MetricSpec, { name: 'request-duration' }>;

const successOf = ({ analysis }: Of): Success | undefined =>
  analysis.metrics.find((metric): metric is Success => metric.name === 'request-success-rate');
export const durationsOf = ({ analysis }: Of): readonly Duration[] =>
  analysis.metrics.filter((metric): metric is Duration => metric.name === 'request-duration');

/** The compared metrics of durations, by the primary's percentile that they count beyond. */
export const QUANTILES = { 75: 'l75', 95: 'l95', 99: 'l99' } as const;
const MARGINS = { l75: 'p75', l95: 'p95', l99: 'p99' } as const;

/** Three digits: no more of a percentile than it is known by, and short in a query. */
const limitAt = (milliseconds: number): number => Number(milliseconds.toPrecision(3));

/** How much slower the canary may be. */
export const toleranceOf = (spec: Of): number => durationsOf(spec)[0]?.tolerance ?? TOLERANCE;

/** The limits of one percentile; an edge of a histogram has to be the same for both. */
export const slowBeyond = (milliseconds: number, tolerance: number, coarse: boolean): SlowBeyond =>
  coarse
    ? { primary: milliseconds, canary: milliseconds }
    : { primary: limitAt(milliseconds), canary: limitAt(limitAt(milliseconds) * tolerance) };

const limitName = (max: number): string => `max${max}`;
const SUCCESS_LIMIT = 'success';

/**
 * Beyond what a request counts as slow, by compared metric and by limit of the spec. A primary whose durations were never
 * measured is compared at the spec's own limit.
 */
export const latencyOf = (spec: Of, past: Past = NO_PAST): LatencyLimits => {
  const durations = durationsOf(spec);
  const [first] = durations;
  if (first === undefined || past.percentilesOnly) return { metrics: {}, limits: {} };
  const found = Object.keys(past.latency).length > 0;
  return {
    metrics: found ? past.latency : { l99: slowBeyond(first.max, toleranceOf(spec), false) },
    limits: Object.fromEntries(
      durations.map(({ max }) => [limitName(max), { canary: max, primary: max }] as const),
    ),
  };
};

const share = (percent: number | undefined): number | undefined =>
  percent === undefined ? undefined : percent / 100;

const comparedErrors = (success: Success): ComparedMetric => {
  const base = COMPARED[ERRORS] as ComparedMetric;
  const { weight, ratio, slack, margin } = success;
  return {
    ...base,
    weight: weight ?? base.weight,
    ratio: ratio ?? base.ratio,
    slack: share(slack) ?? base.slack,
    margin: share(margin) ?? base.margin,
  };
};

/** Where edges of a histogram stand in for a limit 1.1 times as high, this ratio stands in for the tolerance. */
const COARSE_RATIO = 1.25;

const comparedDuration = (
  name: keyof typeof MARGINS,
  of: Duration,
  { metrics, coarse = false }: { metrics: number; coarse?: boolean },
): ComparedMetric => {
  const { knownRate: _byConstruction, ...base } = COMPARED[name] as ComparedMetric;
  return {
    ...base,
    weight: (of.weight ?? LATENCY_WEIGHT) / metrics,
    ratio: of.ratio ?? (coarse ? COARSE_RATIO : base.ratio),
    slack: share(of.slack) ?? base.slack,
    margin: share(of.margins?.[MARGINS[name]]) ?? base.margin,
  };
};

/** A limit of no bad request at all would make the first one infinite evidence; one in 100,000 is none to a person. */
const LEAST_LIMIT = 1e-5;

const limitOf = (of: string, percent: number, weight: number | undefined): LimitMetric => ({
  of,
  // Floating point: 100 - 99.9 is not 0.1.
  limit: Math.max(LEAST_LIMIT, Number(percent.toFixed(6)) / 100),
  weight: weight ?? LIMIT_WEIGHT,
});

type Custom = NonNullable<RolloutSpec['analysis']['custom']>[number];

/** Of the evidence, beside 0.5 for failures and 0.4 for durations; weights count by their sum. */
const CUSTOM_WEIGHT = 0.2;

/** A metric of the spec's own is compared as failures are. */
const comparedCustom = ({ weight, ratio, slack, margin }: Custom): ComparedMetric => {
  const base = COMPARED[ERRORS] as ComparedMetric;
  return {
    ...base,
    weight: weight ?? CUSTOM_WEIGHT,
    ratio: ratio ?? base.ratio,
    slack: share(slack) ?? base.slack,
    margin: share(margin) ?? base.margin,
  };
};

/** Percent of bad requests that a metric of the spec's own may have where it says no limit: what the primary had, and its margin. */
const limitFromPast = (of: Custom, past: Past): number => {
  const { ratio, margin } = comparedCustom(of);
  return 100 * Math.min(1, ratio * (past.metrics[of.name]?.rate ?? UNKNOWN_RATE) + margin);
};

/**
 * The judge's settings of a spec. The primary's past says which durations there are, and where the limits alone decide, the
 * limit of a metric that the spec gives none.
 */
export const settingsOf = (spec: Of, past: Past = NO_PAST): SequentialSettings => {
  const { deadline, sequential = {}, custom = [] } = spec.analysis;
  const { catastrophe, horizon, ...set } = sequential;
  const base = defaultSettings(horizon ?? Math.ceil(deadline / sourceTiming(spec.analysis).period));
  const success = successOf(spec);
  const [first, ...more] = durationsOf(spec);
  const latency = latencyOf(spec, past);
  const names = Object.values(QUANTILES).filter((name) => latency.metrics[name] !== undefined);
  const how = { metrics: names.length, coarse: past.coarse ?? false };
  const durations = first === undefined || names.length === 0 ? [] : [first, ...more];
  const decides = populationsDiffer(spec) ? 'limits' : 'comparison';
  return {
    ...base,
    decides,
    alpha: set.alpha ?? base.alpha,
    beta: set.beta ?? base.beta,
    startMass: set.startMass ?? base.startMass,
    cap: set.cap ?? base.cap,
    hold: set.hold ?? base.hold,
    warmup: set.warmup ?? base.warmup,
    budget: set.budget ?? base.budget,
    catastrophe: {
      requests: catastrophe?.requests ?? base.catastrophe.requests,
      share: share(catastrophe?.share) ?? base.catastrophe.share,
      primary: share(catastrophe?.primary) ?? base.catastrophe.primary,
    },
    metrics: {
      ...(success && { [ERRORS]: comparedErrors(success) }),
      ...(first && Object.fromEntries(names.map((name) => [name, comparedDuration(name, first, how)]))),
      ...Object.fromEntries(custom.map((of) => [of.name, comparedCustom(of)])),
    },
    limits: {
      ...Object.fromEntries(
        custom.flatMap((of) => {
          const max = of.max ?? (decides === 'limits' ? limitFromPast(of, past) : undefined);
          return max === undefined ? [] : [[of.name, limitOf(of.name, max, of.limitWeight)] as const];
        }),
      ),
      ...(success && { [SUCCESS_LIMIT]: limitOf(ERRORS, 100 - success.min, success.limitWeight) }),
      ...Object.fromEntries(
        durations.map(({ max, percentile, limitWeight }) => [
          limitName(max),
          limitOf(names.at(-1) ?? ERRORS, 100 - percentile, limitWeight),
        ]),
      ),
    },
  };
};
