import type { Counts, Period } from '../evidence.ts';
import { isNumber, type NumberSpec, type RateSpec } from '../spec/metrics.ts';
import type { MetricSpec, RolloutSpec } from '../spec/schema.ts';
import { goDuration, percentOf } from '../words.ts';
import { isOutside, numberFinding, numberHalt, numberMissing } from './numbers.ts';

/** What one metric says of one period of the canary. */
export interface MetricCheck {
  /** Place in the spec's list, from 0. */
  readonly metric: number;
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** Requests that were looked at, and of those the failed or slow ones. */
  readonly requests: number;
  readonly bad: number;
  /** The percentile in milliseconds where it decided for want of counts: of the caller with the highest. */
  readonly highest?: number;
  /** What a plain number was. */
  readonly value?: number;
  /** Why the weight does not rise, in Flagger's words (facts: format strings of Flagger 1.44). */
  readonly halt?: string;
}

/** `podinfo.test`, as Flagger names a canary in its events. */
export const eventName = (spec: RolloutSpec): string => `${spec.service}.${spec.workload.namespace}`;

/** Floating point: 100 - 99.9 is not 0.1. A millionth of a request never decides. */
const ROUNDING = 1e-8;
/** Whether more than `allowed` percent of the requests were bad; multiplied, so that nothing is divided by zero. */
const exceeds = (bad: number, requests: number, allowed: number): boolean =>
  bad * 100 > requests * (allowed + ROUNDING);

const noValues = (spec: RolloutSpec, metric: MetricSpec): string =>
  isNumber(metric) ? numberMissing(metric) : noRequests(spec, metric);

const noRequests = (spec: RolloutSpec, metric: RateSpec): string =>
  `Halt advancement no values found for appmesh metric ${metric.name} probably ` +
  `${spec.workload.canary}.${spec.workload.namespace} is not receiving traffic` +
  (metric.name === 'request-success-rate' ? ': no values found' : '');

const missing = (spec: RolloutSpec, metric: MetricSpec, index: number): MetricCheck => ({
  metric: index,
  verdict: spec.analysis.noData === 'fail' ? 'failed' : 'inconclusive',
  requests: 0,
  bad: 0,
  halt: noValues(spec, metric),
});

const checkSuccess = (
  spec: RolloutSpec,
  metric: RateSpec & { name: 'request-success-rate' },
  index: number,
  counts: Counts,
): MetricCheck => {
  const { requests } = counts;
  const bad = Math.min(counts.failures, requests);
  if (!exceeds(bad, requests, 100 - metric.min)) return { metric: index, verdict: 'passed', requests, bad };
  const rate = (((requests - bad) * 100) / requests).toFixed(2);
  const halt = `Halt ${eventName(spec)} advancement success rate ${rate}% < ${metric.min}%`;
  return { metric: index, verdict: 'failed', requests, bad, halt };
};

const checkDuration = (
  spec: RolloutSpec,
  metric: RateSpec & { name: 'request-duration' },
  index: number,
  counts: Counts,
): MetricCheck => {
  const { percentile, max } = metric;
  const highest = counts.percentiles?.[String(percentile)];
  const slower = counts.slower?.[String(max)];
  const halt = (found: string) => `Halt ${eventName(spec)} advancement request duration ${found}`;
  const asDuration = (value: number) => halt(`${goDuration(value)} > ${goDuration(max)}`);
  if (counts.timed !== undefined && counts.timed > 0 && slower !== undefined) {
    const requests = counts.timed;
    const bad = Math.min(slower, requests);
    if (!exceeds(bad, requests, 100 - percentile)) return { metric: index, verdict: 'passed', requests, bad };
    const text =
      highest !== undefined && highest > max
        ? asDuration(highest)
        : halt(`${((bad * 100) / requests).toFixed(2)}% of requests > ${goDuration(max)}`);
    return { metric: index, verdict: 'failed', requests, bad, halt: text };
  }
  if (highest === undefined) return missing(spec, metric, index);
  const check = { metric: index, requests: 0, bad: 0, highest };
  return highest > max
    ? { ...check, verdict: 'failed', halt: asDuration(highest) }
    : { ...check, verdict: 'passed' };
};

const checkNumber = (
  spec: RolloutSpec,
  metric: NumberSpec,
  index: number,
  value: number | undefined,
): MetricCheck => {
  if (value === undefined) return missing(spec, metric, index);
  const check = { metric: index, requests: 0, bad: 0, value };
  return isOutside(metric, value)
    ? { ...check, verdict: 'failed', halt: numberHalt(eventName(spec), metric, value) }
    : { ...check, verdict: 'passed' };
};

const VERDICTS = ['failed', 'inconclusive', 'passed'] as const;

/**
 * Flagger's check of one period: the first violated metric fails it. A metric without data makes it inconclusive (with
 * `noData: fail` it fails it, as in Flagger) unless another one fails it. Nothing passes without canary requests, though
 * every number be right.
 * @param counts the canary's counts, with requests in them; absent counts are a period without data
 * @param numbers the plain numbers of that period, by name
 */
export const checkPeriod = (
  spec: RolloutSpec,
  counts: Counts | undefined,
  numbers: Period['numbers'] = {},
): MetricCheck => {
  const silent = counts === undefined || counts.requests <= 0;
  const checks = spec.analysis.metrics.map((metric, index) => {
    if (isNumber(metric)) return checkNumber(spec, metric, index, numbers[metric.name]);
    if (silent) return missing(spec, metric, index);
    return metric.name === 'request-success-rate'
      ? checkSuccess(spec, metric, index, counts)
      : checkDuration(spec, metric, index, counts);
  });
  const worst = VERDICTS.map((verdict) => checks.find((check) => check.verdict === verdict)).find(
    (check) => check !== undefined,
  ) ?? { metric: 0, verdict: 'inconclusive', requests: 0, bad: 0 };
  return silent && worst.verdict === 'passed' ? { ...worst, verdict: 'inconclusive' } : worst;
};

/** A metric's finding, beginning with its name: `request-success-rate: 96.1 % of 3,000 canary requests succeeded (at least 99 % wanted)`. */
export const finding = (
  metric: MetricSpec | undefined,
  { requests, bad, highest, value }: Pick<MetricCheck, 'requests' | 'bad' | 'highest' | 'value'>,
  side = 'canary',
): string => {
  if (metric !== undefined && isNumber(metric)) return numberFinding(metric, value);
  const name = metric?.name ?? 'no metric';
  const of = `of ${requests.toLocaleString('en-US')} ${side} requests`;
  if (metric?.name === 'request-duration') {
    const { percentile, max } = metric;
    const allowed = Number((100 - percentile).toFixed(4));
    if (requests > 0)
      return `${name}: ${percentOf(bad, requests, allowed)} ${of} took longer than ${max} ms (at most ${allowed} % wanted)`;
    if (highest !== undefined)
      return `${name}: P${percentile} is ${Math.round(highest)} ms at the highest caller (at most ${max} ms wanted)`;
  } else if (metric !== undefined && requests > 0) {
    return `${name}: ${percentOf(requests - bad, requests, metric.min)} ${of} succeeded (at least ${metric.min} % wanted)`;
  }
  return `${name}: no ${side} requests in the metrics`;
};
