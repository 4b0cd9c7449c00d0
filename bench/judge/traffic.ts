/** Simulated traffic: what both versions answer in a tick, as a function of scenario, rollout, tick and weight. */
import { normalTail } from '../../lambdas/core/forecast/normal.ts';
import { binomial, gamma, normal, poisson, type Random, random } from '../../lambdas/core/forecast/random.ts';

/** What happens to one version in a tick: its error rate and what its latency is multiplied with. */
interface Condition {
  readonly errors: number;
  readonly scale: number;
  /** Share of requests that take 500 ms longer. */
  readonly delayed: number;
}

export interface Scenario {
  readonly name: string;
  readonly healthy: boolean;
  /** Errors come in groups of this many. */
  readonly burst?: number;
  /** Coefficient of variation of each version's own error rate, tick by tick. */
  readonly variation?: number;
  /** Of noise in each version's error rate that stays with it: 0.95 of it is still there a tick later (AR(1)). */
  readonly staying?: number;
  /** Standard deviation of the log of the latency scale, per tick and version. */
  readonly jitter?: number;
  readonly canary?: (normal: Condition, tick: number, weight: number) => Condition;
  readonly both?: (normal: Condition, tick: number) => Condition;
  /** What every copy that is as young as the canary goes through, the canary itself included. */
  readonly fresh?: (normal: Condition, tick: number) => Condition;
  /** What only copies that have run for long have: the primary, and its history. */
  readonly aged?: (normal: Condition) => Condition;
}

export interface Side {
  readonly requests: number;
  readonly failed: number;
  /** Requests slower than each of EDGES. */
  readonly slower: readonly number[];
}
export interface Tick {
  readonly weight: number;
  readonly canary: Side;
  readonly primary: Side;
  /** A third copy: the primary's version, as young as the canary and with its weight. Only where it was asked for. */
  readonly baseline?: Side;
  /** Expected failed requests of the canary beyond what the primary would have had. */
  readonly excess: number;
}

const MEDIAN = 50;
const SIGMA = 0.6;
const quantile = (z: number) => MEDIAN * Math.exp(SIGMA * z);
/** The primary's percentiles, which a history window would find. */
export const T = { l75: quantile(0.6744897502), l95: quantile(1.644853627), l99: quantile(2.326347874) };
export const TUNED_MAX = 303;
export const SLO_MS = 500;
/** Milliseconds, rising: all limits that a rule asks for, and some between them for percentiles. */
export const EDGES: readonly number[] = [
  ...Object.values(T).flatMap((limit) => [limit, limit * 1.1]),
  TUNED_MAX,
  SLO_MS,
  ...[100, 120, 165, 180, 240, 270, 350, 400, 620, 800, 1200],
].sort((a, b) => a - b);

const above = (edge: number, scale: number): number =>
  edge <= 0 ? 1 : normalTail(Math.log(edge / (MEDIAN * scale)) / SIGMA);

const KEPT = 0.95;
const MEMORY = 60;

/** Log-normal noise around 1 whose logarithm is AR(1), from its own seeds, so that it is the same for every rule. */
const stayingNoise = (deviation: number, seeds: readonly number[], tick: number): number => {
  let level = 0;
  for (let past = tick - MEMORY; past <= tick; past += 1)
    level = KEPT * level + Math.sqrt(1 - KEPT ** 2) * normal(random(...seeds, past, 9));
  return Math.exp(deviation * level - deviation ** 2 / 2);
};

const steady = (
  scenario: Scenario,
  condition: Condition,
  seeds: readonly number[],
  tick: number,
): Condition =>
  scenario.staying === undefined
    ? condition
    : { ...condition, errors: condition.errors * stayingNoise(scenario.staying, seeds, tick) };

const side = (draw: Random, scenario: Scenario, requests: number, condition: Condition): Side => {
  const { variation = 0, burst = 1, jitter = 0 } = scenario;
  const shape = variation > 0 ? 1 / variation ** 2 : 0;
  const factor = variation > 0 ? gamma(draw, shape) / shape : 1;
  const rate = Math.min(1, condition.errors * factor);
  const failed =
    burst > 1
      ? Math.min(requests, burst * poisson(draw, (requests * rate) / burst))
      : binomial(draw, requests, rate);
  const scale = condition.scale * (jitter > 0 ? Math.exp(jitter * normal(draw)) : 1);
  let left = requests;
  let share = 1;
  const slower = EDGES.map((edge) => {
    const { delayed } = condition;
    const next = (1 - delayed) * above(edge, scale) + delayed * above(edge - 500, scale);
    left = binomial(draw, left, share > 0 ? Math.min(1, next / share) : 0);
    share = next;
    return left;
  });
  return { requests, failed, slower };
};

/** Seconds of a tick, and whether a third copy takes part. */
export interface TickShape {
  readonly seconds: number;
  readonly baseline: boolean;
}
const MINUTE: TickShape = { seconds: 60, baseline: false };

/** The same rollout and tick at the same weight gives every rule the same counts. */
export const tickOf = (
  scenario: Scenario,
  base: number,
  rps: number,
  rollout: number,
  tick: number,
  weight: number,
  { seconds, baseline }: TickShape = MINUTE,
): Tick => {
  const minute = Math.ceil((tick * seconds) / 60);
  const draw = random(rollout, tick, Math.round(base * 1e6), rps);
  const all = poisson(draw, rps * seconds);
  const requests = binomial(draw, all, weight);
  const third = baseline ? binomial(draw, all - requests, Math.min(1, weight / (1 - weight))) : 0;
  const usual = { errors: base, scale: 1, delayed: 0 };
  const shared = scenario.both?.(usual, minute) ?? usual;
  const young = scenario.fresh?.(shared, minute) ?? shared;
  const condition = scenario.canary?.(young, minute, weight) ?? young;
  const old = scenario.aged?.(shared) ?? shared;
  const copy = (which: number, count: number, of: Condition): Side =>
    side(random(rollout, tick, rps, which), scenario, count, steady(scenario, of, [rollout, which], tick));
  return {
    weight,
    canary: copy(1, requests, condition),
    primary: copy(2, all - requests - third, old),
    ...(baseline && { baseline: copy(4, third, young) }),
    excess: requests * Math.max(0, condition.errors - young.errors),
  };
};

/** The primary alone before the rollout. */
export const historyOf = (
  scenario: Scenario,
  base: number,
  rps: number,
  rollout: number,
  ticks: number,
  seconds: number = MINUTE.seconds,
): Side[] =>
  Array.from({ length: ticks }, (_, index) => {
    const tick = index - ticks + 1;
    const draw = random(rollout, tick, rps, 3);
    const usual = { errors: base, scale: 1, delayed: 0 };
    const of = steady(scenario, scenario.aged?.(usual) ?? usual, [rollout, 2], tick);
    return side(draw, scenario, poisson(draw, rps * seconds), of);
  });

/** The 99th percentile in milliseconds, between the edges by interpolation, as from a histogram. */
export const p99 = ({ requests, slower }: Side): number => {
  const target = requests * 0.01;
  const index = slower.findIndex((count) => count <= target);
  if (index < 0) return EDGES.at(-1) ?? 0;
  const [high, low] = [EDGES[index] ?? 0, EDGES[index - 1] ?? 0];
  const [few, many] = [slower[index] ?? 0, index > 0 ? (slower[index - 1] ?? 0) : requests];
  return many === few ? high : low + ((high - low) * (many - target)) / (many - few);
};

export const slowerThan = ({ slower }: Side, edge: number): number => slower[EDGES.indexOf(edge)] ?? 0;
