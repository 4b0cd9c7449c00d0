/** A verdict in one English sentence, with its counts and what would change it. */
import { count, percentOf, plural } from '../../words.ts';
import type { LatencyLimits } from './from-period.ts';
import type { Remaining } from './remaining.ts';
import { ERRORS, type SequentialSettings } from './settings.ts';
import type { Finding } from './step.ts';
import { type Suspicion, worstPart } from './suspicion.ts';

/** What the sentences are about. */
export interface Told {
  readonly settings: SequentialSettings;
  readonly latency: LatencyLimits;
  readonly found: Finding;
  readonly suspicion: Suspicion;
  /** Seconds of a tick. */
  readonly period: number;
}

const isErrors = (part: string, settings: SequentialSettings): boolean =>
  part === ERRORS || settings.limits[part.replace('slo:', '')]?.of === ERRORS;

/** Of durations; anything else that is not of errors is a metric of the spec's own. */
const isDuration = (part: string): boolean => /^(slo:)?(l\d+|max[\d.]+)?$/.test(part);

const beyond = (part: string, { settings, latency }: Told): { canary: string; primary: string } => {
  if (isErrors(part, settings)) return { canary: 'failed', primary: '' };
  const limit = part.startsWith('slo:') ? latency.limits[part.slice('slo:'.length)] : latency.metrics[part];
  if (limit === undefined) return { canary: isDuration(part) ? 'were slow' : 'were bad', primary: '' };
  const primary = limit.canary === limit.primary ? '' : ` over ${Math.round(limit.primary)} ms`;
  return { canary: `took longer than ${Math.round(limit.canary)} ms`, primary };
};

/** The metric of the spec that a part belongs to: a reason begins with it. */
export const partName = (part: string): string => {
  if (part === ERRORS || part === 'slo:success' || part === 'slo:err') return 'request-success-rate';
  return isDuration(part) ? 'request-duration' : part.replace('slo:', '');
};

const span = (seconds: number): string =>
  seconds % 60 === 0 ? plural(seconds / 60, 'minute') : plural(seconds, 'second');

/** `4.1 % of canary requests failed (123 of 3,000) against 0.1 % of primary's (57 of 57,000) in the last 2m`. */
export const comparison = (told: Told): string => {
  const part = worstPart(told.found.parts);
  const numbers = part === undefined ? undefined : told.suspicion.counts[part];
  if (part === undefined || numbers === undefined) return 'nothing was counted yet';
  const [canary, canaryBad, primary, primaryBad] = numbers;
  const words = beyond(part, told);
  const side = (bad: number, of: number) => `(${count(bad)} of ${count(of)})`;
  const limit = told.settings.limits[part.replace('slo:', '')]?.limit;
  const against =
    part.startsWith('slo:') && limit !== undefined
      ? `against a limit of ${Number((limit * 100).toFixed(4))} %`
      : `against ${percentOf(primaryBad, primary)} of primary's${words.primary} ${side(primaryBad, primary)}`;
  return (
    `${percentOf(canaryBad, canary)} of canary requests ${words.canary} ${side(canaryBad, canary)} ${against} ` +
    `in the last ${span(Math.max(1, told.suspicion.ticks) * told.period).replace(/^1 /, '')}`
  );
};

/** 207.9 as 200: one digit, rounded down, so that no more is claimed than is shown. */
const roundDown = (value: number): number => {
  const size = 10 ** Math.floor(Math.log10(Math.min(Math.max(value, 1), 1e9)));
  return Math.floor(Math.min(Math.max(value, 1), 1e9) / size) * size;
};

/** Evidence of E has a chance of at most 1/E of ever showing against a healthy release (Ville). */
export const chance = (evidence: number): string =>
  `a healthy release would look this bad less than once in ${count(roundDown(evidence))}`;

const strength = (evidence: number): string => evidence.toFixed(evidence < 10 ? 2 : 0);

/** Where the limits alone decide, what the comparison says beside them, and that nothing follows from it. */
const advised = ({ found: { comparison } }: Told): string =>
  comparison === undefined
    ? ''
    : `; compared with the primary ${strength(comparison.evidence)}, which only advises`;

/** `evidence of harm 0.56 of 100`: what it rolls back at beside it. */
export const evidenceOf = (told: Told): string =>
  `evidence of harm ${strength(told.found.evidence)} of ${Math.round(1 / told.settings.alpha)}${advised(told)}`;

const DAY_MINUTES = 1440;

/** Rough times in words: nobody waits by the second for an estimate. */
export const about = (seconds: number): string => {
  const minutes = Math.ceil(seconds / 60);
  if (minutes > DAY_MINUTES) return 'more than a day';
  if (minutes > 120) return `about ${plural(Math.round(minutes / 60), 'hour')}`;
  return `about ${plural(minutes, 'minute')}`;
};

/**
 * What is still missing: `not enough traffic yet: request-duration is proven in about 12 more minutes like these`.
 * @param period seconds of a tick
 */
export const missing = (left: Remaining | undefined, period: number): string => {
  if (left === undefined) return 'no metric can be compared';
  if (left.ticks === 0) return 'proven, waiting for the next period';
  const name = partName(left.metric);
  const whose = left.metric.startsWith('slo:') ? 'the canary' : 'both versions';
  if (left.ticks === Number.POSITIVE_INFINITY)
    return `${left.because}: ${name} cannot be proven without requests of ${whose}`;
  return `${left.because} yet: ${name} takes ${about(left.ticks * period)} more of such traffic to prove`;
};
