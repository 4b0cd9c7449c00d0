/** rate(), increase() and their like over the samples of a window, as Prometheus computes them. */
import type { RangeFunction } from './expression.ts';

/** A sample and its time in milliseconds since the epoch. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** A gap of up to this many mean intervals at an end of the window is filled by extrapolation. */
const NEAR = 1.1;

const rise = (samples: readonly Sample[], counter: boolean): number => {
  const [first, last] = [samples[0]?.value ?? 0, samples.at(-1)?.value ?? 0];
  if (!counter) return last - first;
  return samples.reduce((sum, { value }, index) => {
    const before = samples[index - 1]?.value;
    return before !== undefined && value < before ? sum + before : sum;
  }, last - first);
};

/**
 * The rise over a window, extrapolated to its ends (prometheus/prometheus promql/functions.go, extrapolatedRate): not
 * beyond half an interval where a series begins or ends within, and not to before a counter was 0.
 */
const extrapolated = (
  samples: readonly Sample[],
  from: number,
  to: number,
  counter: boolean,
): number | undefined => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || samples.length < 2) return undefined;
  const risen = rise(samples, counter);
  const sampled = last.at - first.at;
  const mean = sampled / (samples.length - 1);
  const toZero =
    counter && risen > 0 && first.value >= 0 ? sampled * (first.value / risen) : Number.POSITIVE_INFINITY;
  const filled = (gap: number) => (gap < mean * NEAR ? gap : mean / 2);
  const span = sampled + filled(Math.min(first.at - from, toZero)) + filled(to - last.at);
  return (risen * span) / sampled;
};

const instant = (samples: readonly Sample[]): number | undefined => {
  const [before, last] = samples.slice(-2);
  if (before === undefined || last === undefined || samples.length < 2) return undefined;
  const risen = last.value < before.value ? last.value : last.value - before.value;
  return (risen * 1000) / (last.at - before.at);
};

/** @param samples those in [to - range, to], rising; both ends belong to it, as up to Prometheus 2 */
export const overRange = (
  how: RangeFunction,
  samples: readonly Sample[],
  to: number,
  range: number,
): number | undefined => {
  const of = (counter: boolean) => extrapolated(samples, to - range, to, counter);
  switch (how) {
    case 'irate':
      return instant(samples);
    case 'delta':
      return of(false);
    case 'increase':
      return of(true);
    case 'rate': {
      const risen = of(true);
      return risen === undefined ? undefined : (risen * 1000) / range;
    }
  }
};
