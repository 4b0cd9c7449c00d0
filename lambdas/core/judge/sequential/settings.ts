/** What the sequential judge is set to. The defaults are those of the measurements in docs/judge.md. */
import { DEFAULT_ALPHA } from '../../spec/analysis.ts';

/** A metric that compares the canary with the primary over the same ticks. */
export interface ComparedMetric {
  readonly kind: 'errors' | 'latency';
  /** Share of the combined evidence. */
  readonly weight: number;
  /** No harm is p_c <= ratio p_p + slack. */
  readonly ratio: number;
  readonly slack: number;
  /** Not worse is p_c < p_p + margin: what promotion must prove. */
  readonly margin: number;
  /** Whether smaller weights may prove a wider margin, as they expose fewer requests. */
  readonly scaled: boolean;
  /** How much of the dispersion that history shows beyond chance counts: 0 to 1. */
  readonly dispersionShare: number;
  /** The rate before the first tick where it is known by construction: 0.05 beyond a 95th percentile. */
  readonly knownRate?: number;
}

/** A limit that the canary alone must keep: its rate of bad requests is at most `limit`. */
export interface LimitMetric {
  /** The compared metric whose dispersion and warm-up it shares. */
  readonly of: string;
  readonly limit: number;
  readonly weight: number;
}

export interface SequentialSettings {
  /** What decides: the comparison with the primary, or, where the two serve different users, the limits alone. */
  readonly decides: 'comparison' | 'limits';
  /** The chance that a healthy release is ever rolled back, and that one beyond a margin is ever promoted. */
  readonly alpha: number;
  readonly beta: number;
  /** Ticks until the deadline: the restarts' mass is spread over them. */
  readonly horizon: number;
  /** Mass of the test that starts at the first tick; the rest is for the restarts. */
  readonly startMass: number;
  /** Nats that a tick can add to the evidence at most. */
  readonly cap: number;
  /** The evidence from which on the weight stays. */
  readonly hold: number;
  /** Ticks at the start without evidence of latency. */
  readonly warmup: number;
  /** Failed requests per tick that a step may cost. */
  readonly budget: number;
  /** A canary with `requests` or more, `share` of them bad, beside a primary below `primary`, is not capped. */
  readonly catastrophe: { readonly requests: number; readonly share: number; readonly primary: number };
  /** Exposures (0 to 1, rising, the last one 1) for which proof is kept. */
  readonly levels: readonly number[];
  readonly metrics: Readonly<Record<string, ComparedMetric>>;
  readonly limits: Readonly<Record<string, LimitMetric>>;
}

export const ERRORS = 'err';

/** Errors may be 1.1 times the primary's and 0.05 points more; 0.5 points more must be ruled out. */
const errors: ComparedMetric = {
  kind: 'errors',
  weight: 0.5,
  ratio: 1.1,
  slack: 0.0005,
  margin: 0.005,
  scaled: true,
  dispersionShare: 1,
};

/** The latency metrics share this much of the evidence. */
export const LATENCY_WEIGHT = 0.4;
/** A limit's share of the evidence. */
export const LIMIT_WEIGHT = 0.05;

const latency = (knownRate: number, margin: number, scaled: boolean): ComparedMetric => ({
  kind: 'latency',
  weight: LATENCY_WEIGHT / 3,
  ratio: 1,
  slack: 0,
  margin,
  scaled,
  dispersionShare: 0.5,
  knownRate,
});

/** The metrics by name: `l99` counts requests slower than the primary's 99th percentile (the canary's than 1.1 times it). */
export const COMPARED: Readonly<Record<string, ComparedMetric>> = {
  [ERRORS]: errors,
  l75: latency(0.25, 0.1, false),
  l95: latency(0.05, 0.03, false),
  l99: latency(0.01, 0.01, true),
};

/** A cold canary is slow for a while: that speaks neither against it nor for it. */
export const isWarming = (
  { warmup }: Pick<SequentialSettings, 'warmup'>,
  kind: ComparedMetric['kind'],
  tick: number,
): boolean => kind === 'latency' && tick <= warmup;

/** A limit on errors (`of: 'err'`) or on slow requests (`of: 'l99'`), as a share of 0 to 1. */
export const limitMetric = (of: string, limit: number): LimitMetric => ({ of, limit, weight: LIMIT_WEIGHT });

export const defaultSettings = (horizon: number): SequentialSettings => ({
  decides: 'comparison',
  alpha: DEFAULT_ALPHA,
  beta: 0.05,
  horizon: Math.max(1, Math.floor(horizon)),
  startMass: 0.5,
  cap: 5,
  hold: 5,
  warmup: 1,
  budget: 30,
  catastrophe: { requests: 20, share: 0.2, primary: 0.05 },
  levels: [0.05, 0.1, 0.2, 0.35, 0.5, 1],
  metrics: COMPARED,
  limits: {},
});
