import type { Period } from '../evidence.ts';
import { thresholdOf } from '../spec/limits.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { sourceTiming } from '../spec/source.ts';
import type { AnalysisState, FailingMetric } from '../tasks.ts';
import { percentOf } from '../words.ts';
import { firstWholePeriod, iso, periodStart, readableUntil } from './cadence.ts';
import { checkPeriod, eventName, type MetricCheck } from './check.ts';
import { unroutedShare } from './routed.ts';

/** A check of one period, and what else it tells. */
export interface PeriodCheck extends MetricCheck {
  /** A whole period at the present weight with routed canary requests that passed: what an increase needs (I2). */
  readonly proves: boolean;
  /** The canary's share (0 to 1) where it is well above the weight: such a period proves nothing (I10). */
  readonly unrouted?: number;
}

/** What a tick learned. */
export interface Taken {
  readonly state: AnalysisState;
  /** One per period with canary requests, oldest first; none where the threshold had been reached before. */
  readonly checks: readonly PeriodCheck[];
  /** Of a due period without canary data, told once: Flagger's text. */
  readonly empty?: MetricCheck;
  /** Requests of the primary in that period: some mean that the metrics are there and the canary is not reached. */
  readonly primaryAlone?: number;
  /** Sums of the periods taken in by this tick. */
  readonly canary: { readonly requests: number; readonly failures: number };
  readonly primary: { readonly requests: number; readonly failures: number };
}

/** The state before the first tick. */
export const freshState = (spec: RolloutSpec, shiftedAt: string): AnalysisState => ({
  schema: 1,
  ticks: 0,
  startedAt: shiftedAt,
  shiftedAt,
  failedChecks: 0,
  passedChecks: 0,
  takenUntil: iso(periodStart(spec, Date.parse(shiftedAt))),
  canary: { requests: 0, failures: 0 },
  primary: { requests: 0, failures: 0 },
});

/** Periods not taken in yet and readable by now, oldest first, each once, up to the newest one with canary requests. */
export const newPeriods = (
  spec: RolloutSpec,
  state: AnalysisState,
  periods: readonly Period[],
  now: string,
): readonly Period[] => {
  const since = Date.parse(state.takenUntil);
  const until = readableUntil(spec, now);
  const byStart = new Map<number, Period>();
  for (const period of periods) {
    const start = Date.parse(period.start);
    if (start >= since && Date.parse(period.end) <= until && !byStart.has(start)) byStart.set(start, period);
  }
  const sorted = [...byStart].sort(([a], [b]) => a - b).map(([, period]) => period);
  const newest = sorted.findLastIndex(({ canary }) => (canary?.requests ?? 0) > 0);
  return sorted.slice(0, newest + 1);
};

const total = (periods: readonly Period[], side: 'canary' | 'primary') => {
  let requests = 0;
  let failures = 0;
  for (const period of periods) {
    requests += period[side]?.requests ?? 0;
    failures += Math.min(period[side]?.failures ?? 0, period[side]?.requests ?? 0);
  }
  return { requests, failures };
};

const sum = (a: Taken['canary'], b: Taken['canary']): Taken['canary'] => ({
  requests: a.requests + b.requests,
  failures: a.failures + b.failures,
});

/** The analysis a tick later, with the requests of the periods that the tick takes in; either judge begins with it. */
export const countIn = (
  before: AnalysisState,
  periods: readonly Period[],
  shiftedAt: string,
): Pick<Taken, 'state' | 'canary' | 'primary'> => {
  const canary = total(periods, 'canary');
  const primary = total(periods, 'primary');
  const state: AnalysisState = {
    ...before,
    ticks: before.ticks + 1,
    shiftedAt,
    takenUntil: periods.at(-1)?.end ?? before.takenUntil,
    canary: sum(before.canary, canary),
    primary: sum(before.primary, primary),
  };
  return { state, canary, primary };
};

const check = (spec: RolloutSpec, weight: number, shiftedAt: string, period: Period): PeriodCheck => {
  const found = checkPeriod(spec, period.canary, period.numbers);
  const unrouted = unroutedShare(period, weight);
  const whole = Date.parse(period.start) >= firstWholePeriod(spec, shiftedAt);
  const proves = found.verdict === 'passed' && whole && unrouted === undefined;
  if (unrouted === undefined) return { ...found, proves };
  const share = `${percentOf(unrouted, 1)} of all requests at a weight of ${weight} %`;
  const halt = `Halt ${eventName(spec)} advancement unrouted traffic reaches the canary: ${share}`;
  return { halt, ...found, proves, unrouted };
};

/** The end of the newest due period at the present weight, where it has no canary data and was not told of yet. */
export const emptyDue = (spec: RolloutSpec, state: AnalysisState, now: string): number | undefined => {
  const end = readableUntil(spec, now);
  const start = end - sourceTiming(spec.analysis).period * 1000;
  const told = state.emptyUntil === undefined ? 0 : Date.parse(state.emptyUntil);
  const due = start >= Math.max(firstWholePeriod(spec, state.shiftedAt), Date.parse(state.takenUntil));
  return due && end > told ? end : undefined;
};

const addFailure = (failing: readonly FailingMetric[], failed: MetricCheck): readonly FailingMetric[] => {
  const before = failing.find(({ metric }) => metric === failed.metric);
  const highest = Math.max(before?.highest ?? 0, failed.highest ?? 0);
  const after: FailingMetric = {
    metric: failed.metric,
    checks: (before?.checks ?? 0) + 1,
    requests: (before?.requests ?? 0) + failed.requests,
    bad: (before?.bad ?? 0) + failed.bad,
    ...(highest > 0 && { highest }),
    ...(failed.value !== undefined && { value: failed.value }),
  };
  return [...failing.filter(({ metric }) => metric !== failed.metric), after];
};

const withCheck = (state: AnalysisState, found: MetricCheck, proves: boolean): AnalysisState => {
  if (found.verdict === 'failed') {
    return {
      ...state,
      failedChecks: state.failedChecks + 1,
      lastCheck: 'failed',
      failing: addFailure(state.failing ?? [], found),
    };
  }
  if (found.verdict === 'inconclusive') return state;
  return { ...state, lastCheck: 'passed', passedChecks: state.passedChecks + (proves ? 1 : 0) };
};

/**
 * Takes in what is new, each period once. Every period with canary requests is one check (Flagger's count: failed
 * checks are never taken back), also one from before the last shift; only whole periods at the present weight prove.
 */
export const takeIn = (input: {
  spec: RolloutSpec;
  weight: number;
  analysis?: AnalysisState | null | undefined;
  periods: readonly Period[];
  shiftedAt: string;
  now: string;
  unread?: string | undefined;
}): Taken => {
  const { spec, weight, shiftedAt, now } = input;
  const before = input.analysis ?? freshState(spec, shiftedAt);
  const periods = newPeriods(spec, before, input.periods, now);
  const counted = countIn(before, periods, shiftedAt);
  const { canary, primary } = counted;
  let { state } = counted;
  // Flagger rolls back before it analyses again, so nothing more is counted.
  if (before.failedChecks >= thresholdOf(spec)) return { state, checks: [], canary, primary };
  const checks = periods
    .filter((period) => (period.canary?.requests ?? 0) > 0)
    .map((period) => check(spec, weight, shiftedAt, period));
  for (const found of checks) state = withCheck(state, found, found.proves);
  const emptyUntil =
    checks.length === 0 && input.unread === undefined ? emptyDue(spec, state, now) : undefined;
  if (emptyUntil === undefined) return { state, checks, canary, primary };
  const period = input.periods.find(({ end }) => Date.parse(end) === emptyUntil);
  const empty = checkPeriod(spec, undefined, period?.numbers);
  const alone = period?.primary?.requests;
  return {
    state: { ...withCheck(state, empty, false), emptyUntil: iso(emptyUntil) },
    checks,
    empty,
    ...(alone !== undefined && { primaryAlone: alone }),
    canary,
    primary,
  };
};
