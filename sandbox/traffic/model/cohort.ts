import { type RoutePolicy, retriesStatus } from '../route-policy.ts';
import { Times } from '../tally.ts';
import { binomial } from './draws.ts';
import type { LatencySampler } from './latency.ts';

/** Random streams of one service's traffic: drawing more from one never shifts another. */
export interface Streams {
  readonly arrivals: () => number;
  readonly routing: () => number;
  readonly errors: () => number;
  readonly latency: () => number;
  readonly sampling: () => number;
}

/** How the pods of one version answer during a slice of time. */
export interface Server {
  readonly errorRate: number;
  readonly latency: LatencySampler;
  /** What overload multiplies response times by; 1 within capacity. */
  readonly slowdown: number;
}

/** What became of one round of attempts, as the caller's proxy counts them. */
export interface Attempts {
  readonly ok: number;
  /** Answers with 500. */
  readonly errors: number;
  /** Answers that took longer than the route waits: 504. */
  readonly timeouts: number;
  readonly times: Times;
  /** The sampled ones, by how the server answered. */
  readonly traced: { readonly ok: Times; readonly fault: Times };
}

const attempt = (
  streams: Streams,
  count: number,
  { server, policy, sampling }: { server: Server; policy: RoutePolicy; sampling: number },
): Attempts => {
  const faults = binomial(streams.errors, count, server.errorRate);
  const limitMs = Math.min(
    policy.perRetryTimeoutMs ?? Number.POSITIVE_INFINITY,
    policy.perRequestTimeoutMs ?? Number.POSITIVE_INFINITY,
  );
  const draw = (of: number, traced: Times) => {
    const sampled = sampling > 0 ? binomial(streams.sampling, of, sampling) : 0;
    const rest = new Times();
    const options = { slowdown: server.slowdown, limitMs };
    const cut =
      server.latency.draw(streams.latency, sampled, { ...options, times: traced }) +
      server.latency.draw(streams.latency, of - sampled, { ...options, times: rest });
    rest.addAll(traced);
    return { cut, times: rest };
  };
  const traced = { ok: new Times(), fault: new Times() };
  const good = draw(count - faults, traced.ok);
  const bad = draw(faults, traced.fault);
  good.times.addAll(bad.times);
  return {
    ok: count - faults - good.cut,
    errors: faults - bad.cut,
    timeouts: good.cut + bad.cut,
    times: good.times,
    traced,
  };
};

/** How many of a round are tried once more. */
const retried = ({ errors, timeouts }: Attempts, policy: RoutePolicy): number => {
  const again = retriesStatus(policy, 500) ? errors : 0;
  const slowAgain = policy.perRetryTimeoutMs !== undefined && retriesStatus(policy, 504) ? timeouts : 0;
  return again + slowAgain;
};

/**
 * Sends requests to one version with the route's retries: as in Envoy a retry goes to the same target. `each` sees every round of
 * attempts. Returns how many requests failed for the client.
 */
export const serve = (
  streams: Streams,
  count: number,
  options: { server: Server; policy: RoutePolicy; sampling: number },
  each: (attempts: Attempts) => void,
): number => {
  let pending = count;
  let failures = 0;
  for (let round = 0; pending > 0; round++) {
    const attempts = attempt(streams, pending, options);
    each(attempts);
    const again = round < (options.policy.maxRetries ?? 0) ? retried(attempts, options.policy) : 0;
    failures += attempts.errors + attempts.timeouts - again;
    pending = again;
  }
  return failures;
};

/**
 * What overload does to response times: the square of load over capacity, 1 up to capacity. Not a queue, whose wait would grow
 * without end: a steady slowdown steep enough to show within one period.
 */
export const slowdownAt = (rpsPerPod: number, podRps: number | undefined): number => {
  const load = podRps === undefined ? 0 : rpsPerPod / podRps;
  return load > 1 ? load * load : 1;
};
