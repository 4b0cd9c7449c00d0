/** Plain numbers of a spec: each is inside or outside of what is wanted, once a period, and enters no statistics. */
import type { Period } from '../evidence.ts';
import { type NumberSpec, numbersOf } from '../spec/metrics.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { NumberState } from '../tasks.ts';

/** Both bounds are inside, as with Flagger's thresholdRange. */
export const isOutside = ({ min, max }: Pick<NumberSpec, 'min' | 'max'>, value: number): boolean =>
  (min !== undefined && value < min) || (max !== undefined && value > max);

/** A number for people: six digits at most. */
export const shownNumber = (value: number): string =>
  Number(value.toPrecision(6)).toLocaleString('en-US', { maximumFractionDigits: 6 });

/** `at most 100 wanted`. */
export const wantedNumber = ({ min, max }: Pick<NumberSpec, 'min' | 'max'>): string => {
  if (min === undefined) return `at most ${shownNumber(max ?? 0)} wanted`;
  return max === undefined
    ? `at least ${shownNumber(min)} wanted`
    : `${shownNumber(min)} to ${shownNumber(max)} wanted`;
};

/** `queue-depth: 140 (at most 100 wanted)`. */
export const numberFinding = (metric: NumberSpec, value: number | undefined): string =>
  value === undefined
    ? `${metric.name}: no data`
    : `${metric.name}: ${shownNumber(value)} (${wantedNumber(metric)})`;

/** In Flagger's words (fluxcd/flagger 1.44, scheduler_metrics.go: `Halt %s.%s advancement %s %.2f > %v`). */
export const numberHalt = (canary: string, { name, min, max }: NumberSpec, value: number): string =>
  min !== undefined && value < min
    ? `Halt ${canary} advancement ${name} ${value.toFixed(2)} < ${min}`
    : `Halt ${canary} advancement ${name} ${value.toFixed(2)} > ${max}`;

/** The same, for a number that there is none of. */
export const numberMissing = ({ name }: Pick<NumberSpec, 'name'>): string =>
  `Halt advancement no values found for custom metric: ${name}: no values found`;

type Numbers = Readonly<Record<string, NumberState>>;

const SIGNIFICANT = 6;

const next = (metric: NumberSpec, before: NumberState | undefined, period: Period): NumberState => {
  const value = period.numbers?.[metric.name];
  if (value === undefined) return { outside: before?.outside ?? 0 };
  const outside = isOutside(metric, value) ? (before?.outside ?? 0) + 1 : 0;
  return { value: Number(value.toPrecision(SIGNIFICANT)), outside };
};

/** What is known of each number after the periods that a tick takes in, oldest first. No data neither adds nor clears. */
export const advanceNumbers = (
  { analysis }: Pick<RolloutSpec, 'analysis'>,
  before: Numbers | undefined,
  periods: readonly Period[],
): Numbers | undefined => {
  const numbers = numbersOf(analysis);
  if (numbers.length === 0 || periods.length === 0) return before;
  return Object.fromEntries(
    numbers.map((metric) => [
      metric.name,
      periods.reduce<NumberState | undefined>(
        (state, period) => next(metric, state, period),
        before?.[metric.name],
      ) ?? { outside: 0 },
    ]),
  );
};

/** A number that stands in the way: outside of what is wanted, or not known. */
export interface NumberGate {
  readonly metric: NumberSpec;
  readonly state: NumberState;
  /** Why it could not be read, where that is known. */
  readonly because?: string;
}

/** The first number that is outside, else the first that the newest period had no data of; none before the first period. */
export const numberGate = (
  { analysis }: Pick<RolloutSpec, 'analysis'>,
  known: Numbers | undefined,
  newest: Period | undefined,
): NumberGate | undefined => {
  if (known === undefined) return undefined;
  const all = numbersOf(analysis).flatMap((metric) => {
    const state = known[metric.name];
    return state === undefined ? [] : [{ metric, state }];
  });
  const outside = all.find(({ metric, state: { value } }) => value !== undefined && isOutside(metric, value));
  const gate = outside ?? all.find(({ state: { value } }) => value === undefined);
  const because = gate && newest?.unread?.[gate.metric.name];
  return gate && { ...gate, ...(because !== undefined && { because }) };
};
