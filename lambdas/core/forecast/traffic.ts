/** The traffic that a forecast assumes, and what metrics would count of it. */
import type { Counts, Period } from '../evidence.ts';
import { normalQuantile, normalTail } from './normal.ts';
import { binomial, poisson, type Random } from './random.ts';

/** Log-normal response times: services have a long tail. */
export interface Latency {
  readonly medianMs: number;
  /** Standard deviation of the logarithm. */
  readonly sigma: number;
}

/** What a service gets and gives at some time while nothing is wrong. */
export interface Usual {
  /** Requests a second of both versions together. */
  readonly rps: number;
  /** Share of requests that fail, 0 to 1. */
  readonly errors: number;
}

export interface Traffic {
  /** @param second of the rollout; negative before it */
  readonly at: (second: number) => Usual;
  /** How many failures come together: 1 for pure chance. The variance of the counts by their mean. */
  readonly burst: number;
  readonly latency: Latency;
}

/** What is wrong with a release. Healthy: 0 and 1. */
export interface Regression {
  /** Share of requests, 0 to 1, that fails beyond the usual. */
  readonly errors: number;
  /** What response times are multiplied with. */
  readonly latency: number;
}

export const HEALTHY: Regression = { errors: 0, latency: 1 };

/** The same at any time. */
export const steadyTraffic = (usual: Usual, latency: Latency, burst = 1): Traffic => ({
  at: () => usual,
  burst,
  latency,
});

/** Milliseconds that a share (0 to 1) of the requests stays below. */
export const latencyQuantile = ({ medianMs, sigma }: Latency, share: number): number =>
  medianMs * Math.exp(sigma * normalQuantile(share));

const shareAbove = ({ medianMs, sigma }: Latency, ms: number): number =>
  normalTail(Math.log(ms / medianMs) / sigma);

/** Whole groups of `burst`; the rest of a fraction by chance, so that the mean is kept. */
const failures = (draw: Random, requests: number, rate: number, burst: number): number => {
  if (burst <= 1) return binomial(draw, requests, rate);
  const exact = burst * poisson(draw, (requests * rate) / burst);
  const whole = Math.floor(exact) + (draw() < exact % 1 ? 1 : 0);
  return Math.min(requests, whole);
};

/** Each limit's count is drawn from those above the limit below it, so that they nest as real ones do. */
const slower = (draw: Random, requests: number, latency: Latency, limits: readonly number[]) => {
  let left = requests;
  let share = 1;
  const rising = [...new Set(limits)].sort((a, b) => a - b);
  return Object.fromEntries(
    rising.map((limit) => {
      const next = shareAbove(latency, limit);
      left = binomial(draw, left, share > 0 ? Math.min(1, next / share) : 0);
      share = next;
      return [String(limit), left];
    }),
  );
};

const countsOf = (
  draw: Random,
  requests: number,
  traffic: Traffic,
  rate: number,
  latencyFactor: number,
  limits: readonly number[],
): Counts => {
  const { medianMs, sigma } = traffic.latency;
  return {
    requests,
    failures: failures(draw, requests, Math.min(1, rate), traffic.burst),
    timed: requests,
    slower: slower(draw, requests, { medianMs: medianMs * latencyFactor, sigma }, limits),
  };
};

/** A period to draw: its start in seconds of the rollout, its length, and the canary's share of its requests (0 to 1). */
export interface Drawn {
  readonly start: number;
  readonly seconds: number;
  readonly share: number;
}

/**
 * What the metrics of a period would say.
 * @param epoch milliseconds since the epoch at second 0
 * @param limits milliseconds to count slower requests of
 */
export const drawPeriod = (
  draw: Random,
  traffic: Traffic,
  regression: Regression,
  { start, seconds, share }: Drawn,
  epoch: number,
  limits: readonly number[],
): Period => {
  const { rps, errors } = traffic.at(start);
  const all = poisson(draw, rps * seconds);
  const canary = binomial(draw, all, share);
  const side = (requests: number, rate: number, factor: number) =>
    requests === 0 ? undefined : countsOf(draw, requests, traffic, rate, factor, limits);
  const sides = {
    canary: side(canary, errors + regression.errors, regression.latency),
    primary: side(all - canary, errors, 1),
  };
  return {
    start: new Date(epoch + start * 1000).toISOString(),
    end: new Date(epoch + (start + seconds) * 1000).toISOString(),
    ...(sides.canary && { canary: sides.canary }),
    ...(sides.primary && { primary: sides.primary }),
  };
};
