import type { Side } from './rollout.ts';

/** CloudWatch dimensions, name to value. */
export type Dimensions = Readonly<Record<string, string>>;

/**
 * Which series tell of each side: found once, in the preflight, from what the router really is, so that the router and
 * the judge cannot look at different things.
 */
export interface MetricIdentity {
  /** What stands before the metrics' names: empty, or what the agent puts there. */
  readonly prefix?: string;
  /** Callers that have reported nothing yet: their dimensions are assumed, and looked for again with each reading. */
  readonly unseen?: readonly string[];
  /** Per caller and side, the dimensions of its outbound metrics. */
  readonly series: readonly {
    readonly caller: string;
    readonly side: Side;
    readonly dimensions: Dimensions;
  }[];
  /** The X-Ray service name of each side, `mesh/virtualNode`. */
  readonly xRay?: Readonly<Record<Side, string>>;
  /** The same at the source of request-duration, where that is another. */
  readonly latency?: MetricIdentity;
}

/** What to read of both sides, or of some. */
export interface EvidenceQuery {
  readonly identity: MetricIdentity;
  /** The span [from, to). A source takes the whole periods in it. */
  readonly from: Date;
  readonly to: Date;
  /** Per side, durations in milliseconds to count slower requests of. */
  readonly limits: Readonly<Record<Side, readonly number[]>>;
  /** Percentiles to tell as well, above 0 and below 100: the weaker fallback for counts. */
  readonly percentiles: readonly number[];
  /** Both when absent; a history is read of the primary only. */
  readonly sides?: readonly Side[];
}

/** Where percentiles of a side's durations lie. */
export interface LatencyPercentiles {
  /** By percentile (`99`), in milliseconds; none where nothing was measured, or no distribution is kept. */
  readonly milliseconds: Readonly<Record<string, number>>;
  /** The source counts above its histogram's edges only; these are edges, and no other limit is counted exactly. */
  readonly coarse?: true;
}

/** Counts of one side in one finished period; absent numbers were not measured, 0 was measured. */
export interface Counts {
  /** Requests that the route sent to this side. */
  readonly requests: number;
  /** Of those, answered with a 5xx. */
  readonly failures: number;
  /** Requests with a measured duration (fewer than `requests` where they are sampled), and of those the ones slower than each limit (milliseconds to count). */
  readonly timed?: number;
  readonly slower?: Readonly<Record<string, number>>;
  /** Of a spec's own metrics, by name: what was counted, and how much of it was bad. */
  readonly custom?: Readonly<Record<string, { readonly requests: number; readonly bad: number }>>;
  /** A percentile in milliseconds, by its number (`99`), of the caller with the highest. The weaker fallback for `slower`. */
  readonly percentiles?: Readonly<Record<string, number>>;
}

/** One finished period of both sides. A side that is absent had no data. */
export interface Period {
  /** ISO 8601; aligned to the source's period. */
  readonly start: string;
  readonly end: string;
  readonly canary?: Counts;
  readonly primary?: Counts;
  /** Of a spec's plain numbers, by name: what each was at the period's end. Absent where there was none. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Of those that could not be read, why; told of the newest period only. */
  readonly unread?: Readonly<Record<string, string>>;
}

/** X-Ray's view of both sides over the same span; sampled, so it is shown and never decides. */
export interface XRaySummary {
  readonly canary?: { readonly total: number; readonly faults: number; readonly averageMs: number };
  readonly primary?: { readonly total: number; readonly faults: number; readonly averageMs: number };
}
