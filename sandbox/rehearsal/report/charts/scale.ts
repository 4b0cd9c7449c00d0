/** A span of an axis. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Steps of time that people count in, seconds. */
const TIME_STEPS = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800];

const ticksBy = (step: number, { from, to }: Span): number[] => {
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
};

/** Moments on a time axis, in seconds: few enough to stand side by side on a phone. */
export const timeTicks = (span: Span, most = 6): number[] => {
  const step = TIME_STEPS.find((one) => (span.to - span.from) / one <= most) ?? span.to - span.from;
  return ticksBy(step, span);
};

/** A round step of which at most `most` reach `highest`: 1, 2, 2.5 or 5 times a power of ten. */
const stepFor = (highest: number, most: number): number => {
  const power = 10 ** Math.floor(Math.log10(highest / most));
  return ([1, 2, 2.5, 5, 10].find((one) => one * power * most >= highest) ?? 10) * power;
};

/** From 0 in round steps to the first at or above `highest`, which is above 0. */
export const valueTicks = (highest: number, most = 5): number[] => {
  const step = stepFor(highest, most);
  const steps = Math.ceil(highest / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(6)));
};
