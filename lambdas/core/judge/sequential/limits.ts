/**
 * Limits that the canary keeps by itself: one-sample tests of p_c <= limit (the e-variable of bet.ts with a ratio of 0).
 * Beside the comparison they are a small part of the evidence. Where canary and primary serve different users, or at
 * different times, they are all of it: then they need no request of the primary, and promotion is the proof that each is
 * kept.
 */
import { isCatastrophe } from './catastrophe.ts';
import { type PairedCounts, rate, usable } from './counts.ts';
import { dispersion, UNKNOWN_DISPERSION } from './dispersion.ts';
import { advanceHarm, type HarmState, harmEvidence } from './harm.ts';
import { advanceKept } from './non-inferiority.ts';
import { primaryRate } from './primary-rate.ts';
import { tickCap } from './restarts.ts';
import {
  type ComparedMetric,
  ERRORS,
  isWarming,
  type LimitMetric,
  type SequentialSettings,
} from './settings.ts';
import type { ComparedState, KeptState, SequentialState } from './state.ts';

const kindOf = (settings: SequentialSettings, { of }: LimitMetric): ComparedMetric['kind'] =>
  settings.metrics[of]?.kind ?? (of === ERRORS ? 'errors' : 'latency');

/** What the canary alone did in a tick that counts; undefined where there is nothing to learn. */
const countsOf = (
  settings: SequentialSettings,
  limit: LimitMetric,
  tick: number,
  found: PairedCounts | undefined,
): PairedCounts | undefined => {
  const counts = isWarming(settings, kindOf(settings, limit), tick) ? undefined : usable(found);
  if (counts === undefined || counts.canary.requests <= 0) return undefined;
  return counts.primary.requests > 0 || settings.decides === 'limits' ? counts : undefined;
};

/**
 * What the canary is held to in a tick: the limit where the primary itself keeps it, or has no requests; else the incident
 * is everyone's and nothing is. With no comparison to tell the two apart, errors are then held to the rate at which a
 * primary counts as failing: a release that fails altogether is not excused by a primary just beyond its limit. That
 * depends on the primary's counts only, so the bet stays fair.
 */
const heldTo = (
  { decides, catastrophe }: SequentialSettings,
  { limit }: LimitMetric,
  kind: ComparedMetric['kind'],
  { primary }: PairedCounts,
): number | undefined => {
  if (rate(primary) <= limit) return limit;
  const failing = decides === 'limits' && kind === 'errors' ? catastrophe.primary : 0;
  return rate(primary) < failing ? failing : undefined;
};

/** Goes on by a tick with the evidence that a limit is broken. */
export const stepLimit = (
  settings: SequentialSettings,
  limit: LimitMetric,
  before: HarmState,
  parent: ComparedState | undefined,
  tick: number,
  found: PairedCounts | undefined,
): HarmState => {
  const alone = settings.decides === 'limits';
  const kind = kindOf(settings, limit);
  const counts = parent === undefined && !alone ? undefined : countsOf(settings, limit, tick, found);
  const slack = counts && heldTo(settings, limit, kind, counts);
  if (counts === undefined || slack === undefined) return advanceHarm(before, settings, tick, undefined);
  const known = parent && primaryRate(parent.rate);
  const uncapped = alone && isCatastrophe(settings, kind, counts, known);
  const tempering = {
    dispersion: parent === undefined ? UNKNOWN_DISPERSION : dispersion(parent.dispersion),
    cap: uncapped ? Number.POSITIVE_INFINITY : tickCap(settings, tick),
  };
  return advanceHarm(
    before,
    settings,
    tick,
    harmEvidence({ ratio: 0, slack }, counts, known ?? 0, tempering),
  );
};

const DECAY = 0.7;

/**
 * Goes on by a tick with the proof that each limit is kept. The primary has no part in it: a tick in which both fail
 * speaks against the proof, too, by a bounded amount.
 */
export const stepKept = (
  settings: SequentialSettings,
  { kept = {}, metrics }: SequentialState,
  tick: number,
  found: Readonly<Record<string, PairedCounts | undefined>>,
): Readonly<Record<string, KeptState>> =>
  Object.fromEntries(
    Object.entries(kept).map(([name, before]) => {
      const limit = settings.limits[name];
      const counts = limit && countsOf(settings, limit, tick, found[name]);
      const { requests, ticks } = { requests: DECAY * before.requests, ticks: DECAY * before.ticks + 1 };
      if (limit === undefined || counts === undefined) return [name, { ...before, requests, ticks }];
      const parent = metrics[limit.of];
      const phi = parent === undefined ? UNKNOWN_DISPERSION : dispersion(parent.dispersion);
      return [
        name,
        {
          proof: advanceKept(before.proof, settings, counts, limit.limit, phi),
          requests: requests + counts.canary.requests,
          ticks,
        },
      ];
    }),
  );
