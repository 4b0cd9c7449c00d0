import type { RehearsedRollout } from '../../result.ts';
import type { EvidenceLag } from '../data.ts';
import type { Html } from '../html.ts';
import { clockTime } from '../words.ts';
import { area, plot, steps } from './plot.ts';
import { type Span, valueTicks } from './scale.ts';

/** When the first period that lies wholly after a shift and its settling can be read. Periods begin at whole multiples. */
const knownAt = (shift: number, { settle, period, delay }: EvidenceLag): number =>
  Math.ceil((shift + settle) / period) * period + period + delay;

/** Spans after each rise of the canary's share in which nothing of it can be known yet. */
export const blindSpans = (
  weights: RehearsedRollout['weights'],
  lag: EvidenceLag,
): (readonly [number, number])[] => {
  const spans: (readonly [number, number])[] = [];
  for (const [index, [at, share]] of weights.entries()) {
    if (share === 0 || share <= (weights[index - 1]?.[1] ?? 0)) continue;
    // What comes next may end the wait: another share, or none.
    const next = weights[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    spans.push([at, Math.min(knownAt(at, lag), next)]);
  }
  return spans;
};

/** The canary's share of the route over time, with the waits for data shaded. */
export const weightsChart = ({ weights, version }: RehearsedRollout, time: Span, lag: EvidenceLag): Html => {
  const ticks = valueTicks(Math.max(10, ...weights.map(([, share]) => share)));
  const told = weights.map(([at, share]) => `${share} % from ${clockTime(at)}`).join(', ');
  const waits = `settling ${clockTime(lag.settle)}, a whole period of ${clockTime(lag.period)}, delay ${clockTime(lag.delay)}`;
  return plot({
    title: 'Weight of the canary',
    unit: 'percent of the route',
    summary: `${version}: ${told}`,
    time,
    ticks,
    key: [
      ['line canary', version],
      ['blind', `data not yet here: ${waits}`],
    ],
    draw: (scale) => [
      ...blindSpans(weights, lag).map((span) => area(scale, 'blind', span, [0, ticks.at(-1) ?? 0])),
      steps(scale, 'line canary', [...weights], time.to),
    ],
  });
};
