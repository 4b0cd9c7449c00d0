/** Periods taken in as ticks, each once. */
import type { Period } from '../../evidence.ts';
import type { RolloutSpec } from '../../spec/schema.ts';
import { firstWholePeriod } from '../cadence.ts';
import { unroutedShare } from '../routed.ts';
import { comparable, rate, usable } from './counts.ts';
import { customParts, type LatencyLimits, observationOf } from './from-period.ts';
import type { SequentialSettings } from './settings.ts';
import type { SequentialState } from './state.ts';
import { type Observation, step } from './step.ts';
import { type Suspicion, suspect } from './suspicion.ts';

/** What the judge carries: the statistics, and what the rules need beside them. */
export interface Carried {
  readonly state: SequentialState;
  readonly suspicion: Suspicion;
  /** Whole periods that compared the versions at the present weight, and since when it has that (ISO 8601). */
  readonly atWeight: { readonly since: string; readonly ticks: number };
}

export interface Ticks extends Carried {
  /** Whether the newest period was taken in now and may raise the weight: whole, routed, no incident of both versions. */
  readonly proves: boolean;
  /** Who was beyond a limit in the newest tick, where the primary itself was: it then speaks against neither. */
  readonly shared?: 'both' | 'primary';
  /** The canary's share of the traffic (0 to 1) where it is well above its weight. */
  readonly unrouted?: number;
}

const NOTHING: Observation = { metrics: {}, limits: {} };

/** Whether a period tells of the canary: beside the primary, or where the limits decide, by itself. */
const tells = (settings: SequentialSettings, { metrics, limits }: Observation): boolean =>
  settings.decides === 'limits'
    ? Object.values(limits).some((counts) => (usable(counts)?.canary.requests ?? 0) > 0)
    : Object.values(metrics).some((counts) => comparable(counts) !== undefined);

const sharedBy = (settings: SequentialSettings, found: Observation): Ticks['shared'] => {
  const beyond = Object.entries(settings.limits).flatMap(([name, { limit }]) => {
    const counts = found.limits[name];
    return counts !== undefined && rate(counts.primary) > limit ? [rate(counts.canary) > limit] : [];
  });
  if (beyond.length === 0) return undefined;
  if (beyond.includes(true)) return 'both';
  // Where the limits decide, nothing is compared with a primary that breaks one, so that it stands in nobody's way.
  return settings.decides === 'limits' ? undefined : 'primary';
};

/** Takes in the periods that are newer than all before, oldest first. Others change nothing. */
export const takeTicks = (
  on: {
    spec: RolloutSpec;
    settings: SequentialSettings;
    latency: LatencyLimits;
    weight: number;
    shiftedAt: string;
  },
  before: Carried,
  periods: readonly Period[],
): Ticks => {
  const { spec, settings, latency, weight, shiftedAt } = on;
  const custom = customParts(settings);
  const errorLimits = Object.keys(settings.limits).filter(
    (name) => latency.limits[name] === undefined && custom.limits[name] === undefined,
  );
  let ticks: Ticks = {
    ...before,
    atWeight: before.atWeight.since === shiftedAt ? before.atWeight : { since: shiftedAt, ticks: 0 },
    proves: false,
  };
  for (const period of periods) {
    const start = Date.parse(period.start);
    if (Number.isNaN(start) || start <= (ticks.state.period ?? Number.NEGATIVE_INFINITY)) continue;
    const unrouted = unroutedShare(period, weight);
    const found =
      unrouted === undefined
        ? observationOf(period, latency, errorLimits, custom, settings.decides)
        : NOTHING;
    const state = { ...step(settings, ticks.state, found), period: start };
    const shared = sharedBy(settings, found);
    const whole = start >= firstWholePeriod(spec, shiftedAt);
    const proves = whole && tells(settings, found) && shared === undefined;
    ticks = {
      state,
      suspicion: suspect(ticks.suspicion, found, state.evidence),
      atWeight: { since: shiftedAt, ticks: ticks.atWeight.ticks + (proves ? 1 : 0) },
      proves,
      ...(shared && { shared }),
      ...(unrouted !== undefined && { unrouted }),
    };
  }
  return ticks;
};

/** So many requests the canary should have had before their absence says something. */
const EXPECTED = 20;
const SILENT_PERIODS = 2;

/** Whether the canary had no requests in the newest two periods or more although its weight promised some in each. */
export const isSilent = (periods: readonly Period[], since: string, weight: number): boolean => {
  const newer = periods.filter(({ start }) => Date.parse(start) >= Date.parse(since));
  const silent = newer.filter(
    ({ canary, primary }) =>
      (canary?.requests ?? 0) === 0 && ((primary?.requests ?? 0) * weight) / 100 >= EXPECTED,
  );
  return silent.length >= SILENT_PERIODS && silent.length === newer.length;
};
