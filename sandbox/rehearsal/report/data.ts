import type { Decision } from '../../../lambdas/core/tasks.ts';
import type { RehearsalResult, RehearsedRollout } from '../result.ts';
import type { Visit } from '../visits.ts';

/** What callers saw of one side in one period, as the mesh's metrics have it. Times are seconds since 0 s. */
export interface SidePeriod {
  readonly requests: number;
  readonly failures: number;
  /** Milliseconds, of the caller with the highest; absent where nothing was measured. */
  readonly p50?: number;
  readonly p99?: number;
}

export interface TrafficPeriod {
  readonly start: number;
  readonly end: number;
  readonly primary?: SidePeriod;
  readonly canary?: SidePeriod;
}

/** One verdict with what it was decided on. */
export interface ReportedVerdict {
  /** Seconds since 0 s. */
  readonly at: number;
  readonly tick: number;
  readonly weight: number;
  readonly decision: Decision;
  readonly say: string;
  /** Periods that were taken in, and their sums by side; absent for a side without data. */
  readonly periods: number;
  readonly canary?: { readonly requests: number; readonly failures: number };
  readonly primary?: { readonly requests: number; readonly failures: number };
  /** Requests above each limit of a latency metric (milliseconds), of those that were timed. */
  readonly slower: readonly { readonly limitMs: number; readonly slower: number; readonly timed: number }[];
  /** Plain numbers of the spec, as the newest period has them. */
  readonly numbers: readonly { readonly name: string; readonly value: number }[];
  readonly unread?: string;
}

/** A rollout with all that the report shows of it. */
export interface ReportedRollout {
  readonly rollout: RehearsedRollout;
  /** Epoch milliseconds of the execution's start; undefined for one that was skipped. */
  readonly startedAt?: number;
  readonly visits: readonly Visit[];
  readonly verdicts: readonly ReportedVerdict[];
}

/** A limit that the spec sets, in the metric's own terms. */
export interface ReportedLimit {
  readonly name: string;
  /** Percent, for a rate that must not fall below it. */
  readonly min?: number;
  /** Milliseconds, for a duration that must not rise above it. */
  readonly maxMs?: number;
  readonly percentile?: number;
  /** Of a plain number: `at most 100 wanted`. */
  readonly wanted?: string;
}

/** From a shift on: its settling, then a whole period of the source, then the source's delay. Seconds. */
export interface EvidenceLag {
  readonly settle: number;
  readonly period: number;
  readonly delay: number;
}

/** All that a report shows of one rehearsal: plain JSON, made by the process that rehearsed it. */
export interface ReportData {
  readonly file: string;
  readonly asAsked: boolean;
  readonly unmet: readonly string[];
  readonly result: RehearsalResult;
  readonly service: string;
  readonly judge: string;
  readonly limits: readonly ReportedLimit[];
  /** What keeps the traffic of a shift from being known at once, seconds. */
  readonly lag: EvidenceLag;
  readonly traffic: readonly TrafficPeriod[];
  readonly rollouts: readonly ReportedRollout[];
}
