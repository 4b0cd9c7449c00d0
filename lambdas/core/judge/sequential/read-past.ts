/** Reads what the primary did before the rollout: first where its percentiles lie, then counts beyond them. */
import type { EvidenceQuery, MetricIdentity, Period } from '../../evidence.ts';
import type { MetricSource } from '../../ports.ts';
import type { Side } from '../../rollout.ts';
import type { RolloutSpec } from '../../spec/schema.ts';
import { readableUntil } from '../cadence.ts';
import type { SideCounts } from './counts.ts';
import { durationsOf, QUANTILES, settingsOf, slowBeyond, toleranceOf } from './from-spec.ts';
import { NO_PAST, type Past, type PastLimits, pastOf } from './past.ts';
import { ERRORS } from './settings.ts';
import type { History } from './state.ts';

const HOUR = 3600;
/**
 * Three hours have enough errors to know their rate and spread, but not where there is little traffic: twelve let bad
 * releases fail 12 % fewer requests at 20 a second, 5 % at 100 (docs/judge.md, "What was tried").
 */
const WINDOW = 3 * HOUR;
const LONG_WINDOW = 12 * HOUR;
const LITTLE_TRAFFIC = 50;

/** Seconds of the primary's past that are read where the spec does not say, by its requests a second. */
export const windowFor = (rps: number): number => (rps < LITTLE_TRAFFIC ? LONG_WINDOW : WINDOW);

/** A past, and the counts that it sums up: with them it can be summed up again, by other settings. */
export interface ReadPast {
  readonly past: Past;
  readonly history: History;
}

type Span = Pick<EvidenceQuery, 'identity' | 'from' | 'to'>;

const PRIMARY: readonly Side[] = ['primary'];

const limitsOf = async (spec: RolloutSpec, source: MetricSource, span: Span): Promise<PastLimits> => {
  if (durationsOf(spec).length === 0) return { latency: {} };
  const { milliseconds, coarse = false } = await source.primaryPercentiles({
    ...span,
    percentiles: Object.keys(QUANTILES).map(Number),
  });
  const found = Object.entries(QUANTILES).flatMap(([percentile, name]) => {
    const value = milliseconds[percentile];
    return value === undefined || value <= 0
      ? []
      : [[name, slowBeyond(value, toleranceOf(spec), coarse)] as const];
  });
  return { latency: Object.fromEntries(found), ...(coarse && { coarse: true as const }) };
};

const failed = ({ primary }: Period): SideCounts[] =>
  primary === undefined ? [] : [{ requests: primary.requests, bad: primary.failures }];

const slower =
  (limit: number) =>
  ({ primary }: Period): SideCounts[] => {
    const bad = primary?.slower?.[String(limit)];
    return primary?.timed === undefined || bad === undefined ? [] : [{ requests: primary.timed, bad }];
  };

const own =
  (name: string) =>
  ({ primary }: Period): SideCounts[] =>
    primary?.custom?.[name] === undefined ? [] : [primary.custom[name]];

const historyOf = (
  { analysis: { custom = [] } }: RolloutSpec,
  periods: readonly Period[],
  { latency }: PastLimits,
): History => ({
  [ERRORS]: periods.flatMap(failed),
  ...Object.fromEntries(custom.map(({ name }) => [name, periods.flatMap(own(name))])),
  ...Object.fromEntries(
    Object.entries(latency).map(([name, { primary }]) => [name, periods.flatMap(slower(primary))]),
  ),
});

/** Durations were measured, and only their percentiles are told. */
const hasPercentilesOnly = (periods: readonly Period[], { latency }: PastLimits): boolean => {
  const timed = periods.filter(({ primary }) => (primary?.timed ?? 0) > 0);
  return (
    timed.length > 0 &&
    Object.keys(latency).length > 0 &&
    timed.every(({ primary }) => Object.keys(primary?.slower ?? {}).length === 0)
  );
};

const perSecond = (periods: readonly Period[], from: Date, to: Date): number =>
  (periods.reduce((sum, { primary }) => sum + (primary?.requests ?? 0), 0) * 1000) /
  Math.max(1, to.getTime() - from.getTime());

const before = (time: Date, seconds: number): Date => new Date(time.getTime() - seconds * 1000);

/**
 * The primary's past until now: three hours, or twelve below fifty requests a second, or as the spec says. A primary that
 * nothing was measured of has an empty past. Errors: those of the source.
 */
export const readPast = async (
  spec: RolloutSpec,
  source: MetricSource,
  identity: MetricIdentity,
  now: string,
): Promise<ReadPast> => {
  const window = spec.analysis.sequential?.history;
  const to = new Date(readableUntil(spec, now));
  const from = before(to, window ?? WINDOW);
  const limits = await limitsOf(spec, source, { identity, from, to });
  const beyond = Object.values(limits.latency).map(({ primary }) => primary);
  const read = (since: Date, until: Date) =>
    source.periods({
      identity,
      from: since,
      to: until,
      limits: { primary: beyond, canary: [] },
      percentiles: [],
      sides: PRIMARY,
    });
  const recent = await read(from, to);
  const little = window === undefined && windowFor(perSecond(recent, from, to)) > WINDOW;
  const older = little ? await read(before(to, LONG_WINDOW), from) : [];
  const periods = [...older, ...recent];
  if (hasPercentilesOnly(periods, limits)) {
    const history = historyOf(spec, periods, { latency: {} });
    const only: PastLimits = { latency: {}, percentilesOnly: true };
    return { past: pastOf(settingsOf(spec, { ...NO_PAST, ...only }), history, only), history };
  }
  const history = historyOf(spec, periods, limits);
  return { past: pastOf(settingsOf(spec, { ...NO_PAST, ...limits }), history, limits), history };
};
