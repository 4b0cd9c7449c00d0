/** One tick: what was counted, taken into the state. Pure, and the same for every source of counts. */
import type { Bound } from './bet.ts';
import { comparable, type PairedCounts, rate } from './counts.ts';
import { dispersion, observeDispersion } from './dispersion.ts';
import { advanceHarm, type HarmState, harmEvidence, harmValue } from './harm.ts';
import { advanceProof, isProven, marginAt, needsNoProof } from './non-inferiority.ts';
import { observeRate, primaryRate } from './primary-rate.ts';
import { tickCap } from './restarts.ts';
import type { ComparedMetric, LimitMetric, SequentialSettings } from './settings.ts';
import type { ComparedState, SequentialState } from './state.ts';

/** A tick's counts by metric and by limit. What is absent was not measured and teaches nothing. */
export interface Observation {
  readonly metrics: Readonly<Record<string, PairedCounts | undefined>>;
  readonly limits: Readonly<Record<string, PairedCounts | undefined>>;
}

/** What the state says after a tick. */
export interface Finding {
  /** The combined evidence of harm: 1 is none, 1/alpha rolls back. */
  readonly evidence: number;
  /** Evidence by metric, and by limit as `slo:NAME`. */
  readonly parts: Readonly<Record<string, number>>;
  readonly rollBack: boolean;
  /** Whether the weight has to stay: some evidence speaks against the canary. */
  readonly hold: boolean;
  /** For each level, whether every metric is proven not worse at its margin. */
  readonly levels: readonly boolean[];
  /** Whether the level of all traffic is proven. */
  readonly promotable: boolean;
}

/** So bad that one tick is enough: the cap is not applied. */
const isCatastrophe = (
  settings: SequentialSettings,
  metric: ComparedMetric,
  { canary, primary }: PairedCounts,
): boolean => {
  const { requests, share, primary: most } = settings.catastrophe;
  return (
    metric.kind === 'errors' &&
    canary.requests >= requests &&
    canary.bad >= share * canary.requests &&
    primary.requests > 0 &&
    primary.bad < most * primary.requests
  );
};

/** A cold canary is slow for a while: that speaks neither against it nor for it. */
const isWarming = (settings: SequentialSettings, metric: ComparedMetric, tick: number): boolean =>
  metric.kind === 'latency' && tick <= settings.warmup;

const stepCompared = (
  settings: SequentialSettings,
  metric: ComparedMetric,
  before: ComparedState,
  tick: number,
  requestsPerTick: number,
  found: PairedCounts | undefined,
): ComparedState => {
  const counts = comparable(found);
  const idle = { ...before, harm: advanceHarm(before.harm, settings, tick, undefined) };
  if (counts === undefined) return idle;
  const learned = {
    rate: observeRate(before.rate, counts.primary),
    dispersion: observeDispersion(before.dispersion, counts),
  };
  if (isWarming(settings, metric, tick)) return { ...idle, ...learned };
  const known = primaryRate(before.rate);
  const phi = dispersion(before.dispersion);
  const cap = isCatastrophe(settings, metric, counts) ? Number.POSITIVE_INFINITY : tickCap(settings, tick);
  const evidence = harmEvidence(metric, counts, known, { dispersion: phi, cap });
  return {
    harm: advanceHarm(before.harm, settings, tick, evidence),
    proof: before.proof.map((proof, index) => {
      const level = metric.scaled ? (settings.levels[index] ?? 1) : 1;
      const margin = marginAt(metric, level, requestsPerTick, settings.budget);
      return advanceProof(proof, settings, counts, known, margin, phi);
    }),
    ...learned,
  };
};

/** A limit speaks only where the primary itself keeps it in the same tick: else the incident is everyone's. */
const stepLimit = (
  settings: SequentialSettings,
  limit: LimitMetric,
  before: HarmState,
  parent: ComparedState | undefined,
  tick: number,
  found: PairedCounts | undefined,
): HarmState => {
  const metric = settings.metrics[limit.of];
  const warm = metric !== undefined && !isWarming(settings, metric, tick);
  const counts = warm ? comparable(found) : undefined;
  if (counts === undefined || parent === undefined || rate(counts.primary) > limit.limit)
    return advanceHarm(before, settings, tick, undefined);
  const bound: Bound = { ratio: 0, slack: limit.limit };
  const phi = dispersion(parent.dispersion);
  const tempering = { dispersion: phi, cap: tickCap(settings, tick) };
  return advanceHarm(
    before,
    settings,
    tick,
    harmEvidence(bound, counts, primaryRate(parent.rate), tempering),
  );
};

/**
 * Requests in a tick: what the history had, or where it had none, what the first tick that compares them shows. Unknown
 * traffic must not pass for none: where little is at stake, little proof is asked for.
 */
const trafficOf = ({ requestsPerTick }: SequentialState, { metrics }: Observation): number => {
  if (requestsPerTick > 0) return requestsPerTick;
  const both = Object.values(metrics).flatMap((counts) => comparable(counts) ?? []);
  return Math.max(0, ...both.map(({ canary, primary }) => canary.requests + primary.requests));
};

/** The state after one more tick. Repeats are for the caller to leave out. */
export const step = (
  settings: SequentialSettings,
  before: SequentialState,
  found: Observation,
): SequentialState => {
  const tick = before.tick + 1;
  const requestsPerTick = trafficOf(before, found);
  const metrics = Object.fromEntries(
    Object.entries(before.metrics).map(([name, state]) => {
      const metric = settings.metrics[name];
      if (metric === undefined) return [name, state];
      const after = stepCompared(settings, metric, state, tick, requestsPerTick, found.metrics[name]);
      return [name, after];
    }),
  );
  const limits = Object.fromEntries(
    Object.entries(before.limits).map(([name, state]) => {
      const limit = settings.limits[name];
      if (limit === undefined) return [name, state];
      return [name, stepLimit(settings, limit, state, before.metrics[limit.of], tick, found.limits[name])];
    }),
  );
  const after = { ...before, tick, requestsPerTick, metrics, limits };
  return { ...after, evidence: finding(settings, after).evidence };
};

/** The evidence by metric and limit, each with its weight. */
const weighted = (settings: SequentialSettings, state: SequentialState) => [
  ...Object.entries(state.metrics).map(([name, { harm }]) => ({
    name,
    weight: settings.metrics[name]?.weight ?? 0,
    value: harmValue(harm, settings, state.tick),
  })),
  ...Object.entries(state.limits).map(([name, harm]) => ({
    name: `slo:${name}`,
    weight: settings.limits[name]?.weight ?? 0,
    value: harmValue(harm, settings, state.tick),
  })),
];

/** A level is proven when every metric proves it. No metric proves nothing. */
const levelProven = (settings: SequentialSettings, state: SequentialState, level: number): boolean => {
  const metrics = Object.entries(state.metrics);
  return (
    metrics.length > 0 &&
    metrics.every(([name, { proof }]) => {
      const metric = settings.metrics[name];
      if (metric === undefined) return false;
      const exposure = settings.levels[level] ?? 1;
      if (exposure < 1 && !metric.scaled) return true;
      const margin = marginAt(metric, exposure, state.requestsPerTick, settings.budget);
      if (exposure < 1 && needsNoProof(margin)) return true;
      const kept = metric.scaled ? proof[level] : proof[0];
      return kept !== undefined && isProven(kept, settings);
    })
  );
};

/**
 * What a state says. The evidence is the weighted mean of the metrics' e-values, which is an e-value under any dependence
 * between them; the weights are divided by their sum, so they may be those of the metrics there are.
 */
export const finding = (settings: SequentialSettings, state: SequentialState): Finding => {
  const parts = weighted(settings, state);
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const evidence = total > 0 ? parts.reduce((sum, { weight, value }) => sum + weight * value, 0) / total : 1;
  const levels = settings.levels.map((_, level) => levelProven(settings, state, level));
  return {
    evidence,
    parts: Object.fromEntries(parts.map(({ name, value }) => [name, value])),
    rollBack: evidence >= 1 / settings.alpha,
    hold: evidence >= settings.hold,
    levels,
    promotable: levels.at(-1) === true,
  };
};
