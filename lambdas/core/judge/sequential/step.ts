/** One tick: what was counted, taken into the state. Pure, and the same for every source of counts. */
import { isCatastrophe } from './catastrophe.ts';
import { comparable, type PairedCounts } from './counts.ts';
import { dispersion, observeDispersion } from './dispersion.ts';
import { advanceHarm, harmEvidence, harmValue } from './harm.ts';
import { stepKept, stepLimit } from './limits.ts';
import { advanceProof, isProven, marginAt, needsNoProof } from './non-inferiority.ts';
import { observeRate, primaryRate } from './primary-rate.ts';
import { tickCap } from './restarts.ts';
import { type ComparedMetric, isWarming, type SequentialSettings } from './settings.ts';
import type { ComparedState, SequentialState } from './state.ts';

/** A tick's counts by metric and by limit. What is absent was not measured and teaches nothing. */
export interface Observation {
  readonly metrics: Readonly<Record<string, PairedCounts | undefined>>;
  readonly limits: Readonly<Record<string, PairedCounts | undefined>>;
}

export interface Evidence {
  /** The combined evidence of harm: 1 is none, 1/alpha rolls back. */
  readonly evidence: number;
  /** Evidence by metric, and by limit as `slo:NAME`. */
  readonly parts: Readonly<Record<string, number>>;
}

/** What the state says after a tick. */
export interface Finding extends Evidence {
  readonly rollBack: boolean;
  /** Whether the weight has to stay: some evidence speaks against the canary. */
  readonly hold: boolean;
  /** For each level, whether every metric is proven not worse at its margin. */
  readonly levels: readonly boolean[];
  /** Whether the level of all traffic is proven. */
  readonly promotable: boolean;
  /** Where the limits alone decide: what the comparison would say. Nothing follows from it. */
  readonly comparison?: Evidence;
}

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
  if (isWarming(settings, metric.kind, tick)) return { ...idle, ...learned };
  const known = primaryRate(before.rate);
  const phi = dispersion(before.dispersion);
  const cap = isCatastrophe(settings, metric.kind, counts)
    ? Number.POSITIVE_INFINITY
    : tickCap(settings, tick);
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
  const kept = before.kept && stepKept(settings, before, tick, found.limits);
  const after = { ...before, tick, requestsPerTick, metrics, limits, ...(kept && { kept }) };
  const { evidence, comparison } = finding(settings, after);
  return { ...after, evidence, ...(comparison && { comparison: comparison.evidence }) };
};

interface Part {
  readonly name: string;
  readonly weight: number;
  readonly value: number;
}

const comparedParts = (settings: SequentialSettings, state: SequentialState): Part[] =>
  Object.entries(state.metrics).map(([name, { harm }]) => ({
    name,
    weight: settings.metrics[name]?.weight ?? 0,
    value: harmValue(harm, settings, state.tick),
  }));

const limitParts = (settings: SequentialSettings, state: SequentialState): Part[] =>
  Object.entries(state.limits).map(([name, harm]) => ({
    name: `slo:${name}`,
    weight: settings.limits[name]?.weight ?? 0,
    value: harmValue(harm, settings, state.tick),
  }));

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

/** All traffic is one level: where each limit is proven to be kept, or where there is none, nothing is. */
const allKept = (settings: SequentialSettings, { kept = {} }: SequentialState): boolean => {
  const proofs = Object.values(kept);
  return proofs.length > 0 && proofs.every(({ proof }) => isProven(proof, settings));
};

/**
 * The weighted mean of e-values, which is one under any dependence between them; the weights are divided by their sum,
 * so they may be those of the parts there are.
 */
const combined = (parts: readonly Part[]): Evidence => {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  return {
    evidence: total > 0 ? parts.reduce((sum, { weight, value }) => sum + weight * value, 0) / total : 1,
    parts: Object.fromEntries(parts.map(({ name, value }) => [name, value])),
  };
};

/** What a state says. */
export const finding = (settings: SequentialSettings, state: SequentialState): Finding => {
  const alone = settings.decides === 'limits';
  const [compared, limits] = [comparedParts(settings, state), limitParts(settings, state)];
  const { evidence, parts } = combined(alone ? limits : [...compared, ...limits]);
  const kept = alone && allKept(settings, state);
  const levels = settings.levels.map((_, level) => (alone ? kept : levelProven(settings, state, level)));
  return {
    evidence,
    parts,
    rollBack: evidence >= 1 / settings.alpha,
    hold: evidence >= settings.hold,
    levels,
    promotable: levels.at(-1) === true,
    ...(alone && { comparison: combined(compared) }),
  };
};
