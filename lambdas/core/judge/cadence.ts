import type { RolloutSpec } from '../spec/schema.ts';
import { sourceTiming } from '../spec/source.ts';
import type { AnalysisState } from '../tasks.ts';

/**
 * When a spec's evidence comes: periods are aligned to epoch multiples of the source's period (as CloudWatch aligns
 * them) and can be read `delay` after they end. All in milliseconds, inside and out.
 */
interface Cadence {
  readonly period: number;
  readonly delay: number;
  readonly interval: number;
  readonly settle: number;
}

const cadence = ({ analysis, router }: Pick<RolloutSpec, 'analysis' | 'router'>): Cadence => {
  const { period, delay } = sourceTiming(analysis);
  return {
    period: period * 1000,
    delay: delay * 1000,
    interval: analysis.interval * 1000,
    settle: router.settle * 1000,
  };
};

type TimedSpec = Parameters<typeof cadence>[0];

const floorTo = (time: number, step: number): number => Math.floor(time / step) * step;
const ceilTo = (time: number, step: number): number => Math.ceil(time / step) * step;

export const iso = (time: number): string => new Date(time).toISOString();

/** Start of the period that a time lies in, in milliseconds since the epoch. */
export const periodStart = (spec: TimedSpec, time: number): number => floorTo(time, cadence(spec).period);

/** Start of the first period that lies wholly after a shift has settled: the first that can prove anything at that weight. */
export const firstWholePeriod = (spec: TimedSpec, shiftedAt: string): number => {
  const { period, settle } = cadence(spec);
  return ceilTo(Date.parse(shiftedAt) + settle, period);
};

/** End of the newest period that can be read by now. */
export const readableUntil = (spec: TimedSpec, now: string): number => {
  const { period, delay } = cadence(spec);
  return floorTo(Date.parse(now) - delay, period);
};

/** What to ask the metric source for at a tick: all since the newest period that was taken in. `from` may equal `to`. */
export const evidenceWindow = (
  spec: TimedSpec,
  analysis: AnalysisState | null | undefined,
  shiftedAt: string,
  now: string,
): { from: Date; to: Date } => {
  const from = analysis ? Date.parse(analysis.takenUntil) : periodStart(spec, Date.parse(shiftedAt));
  return { from: new Date(from), to: new Date(Math.max(from, readableUntil(spec, now))) };
};

/**
 * Milliseconds until the last moment within an interval at which a new period can be read, so that ticks follow the
 * periods and do not drift. An interval that is no multiple of the period is simply waited for.
 */
const untilAligned = ({ period, delay, interval }: Cadence, now: number): number =>
  interval % period === 0 ? floorTo(now + interval - delay, period) + delay - now : interval;

const seconds = (milliseconds: number, { interval }: Cadence): number =>
  Math.min(interval / 1000, Math.max(1, Math.ceil(milliseconds / 1000)));

/** Seconds (1 to the interval) to wait after a shift: until the first whole period at the new weight can be read. */
export const waitAfterShift = (spec: TimedSpec, shiftedAt: string, now: string): number => {
  const times = cadence(spec);
  const at = Date.parse(now);
  const proof = firstWholePeriod(spec, shiftedAt) + times.period + times.delay - at;
  const aligned = untilAligned(times, at);
  return seconds(proof > 0 ? Math.min(proof, aligned) : aligned, times);
};

/** Seconds (at least 1) until the first whole period after a shift can be read: nothing is to be decided before. */
export const waitForWholePeriod = (spec: TimedSpec, shiftedAt: string, now: string): number => {
  const { period, delay } = cadence(spec);
  return Math.max(
    1,
    Math.ceil((firstWholePeriod(spec, shiftedAt) + period + delay - Date.parse(now)) / 1000),
  );
};

/** Seconds (1 to the interval) to wait until a tick can know more than this one did. */
export const waitForNext = (spec: TimedSpec, state: Pick<AnalysisState, 'shiftedAt'>, now: string): number =>
  waitAfterShift(spec, state.shiftedAt, now);

/** Milliseconds by which a Wait and a function may come late and still count as on time. */
const LATE = 2000;

/**
 * Seconds until a shift would settle just as a period begins, 0 when it would now: then each step takes one tick, and
 * no canary request goes by that proves nothing.
 */
export const waitForTick = (spec: TimedSpec, now: string): number => {
  const { period, settle } = cadence(spec);
  const settled = Date.parse(now) + settle;
  const late = settled - floorTo(settled, period);
  return late <= LATE ? 0 : Math.ceil((period - late) / 1000);
};
