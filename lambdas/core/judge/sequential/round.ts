/** Numbers as they are stored: 6 decimals, for small ones 6 digits, and -1e9 for log 0, which JSON does not have. */
import type { SequentialState } from './state.ts';

const LOG_ZERO = -1e9;
const DECIMALS = 1e6;

const rounded = (value: number): number => {
  if (value === Number.NEGATIVE_INFINITY || value < LOG_ZERO) return LOG_ZERO;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 0 : -LOG_ZERO;
  // Whole numbers are kept: a period's start in milliseconds has thirteen digits, and each of them counts.
  if (Number.isSafeInteger(value)) return value;
  const size = Math.abs(value);
  // Beyond a thousand million, rounding to decimals would overflow, and nobody counts them.
  return size >= 1 && size < -LOG_ZERO
    ? Math.round(value * DECIMALS) / DECIMALS
    : Number(value.toPrecision(6));
};

const roundedDeep = (value: unknown): unknown => {
  if (typeof value === 'number') return rounded(value);
  if (Array.isArray(value)) return value.map(roundedDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, roundedDeep(inner)]));
};

/** Six digits, for numbers that travel. */
export const significant = (value: number): number => Number(value.toPrecision(6));

/** The state to store. Judging goes on from a stored state as from this one, so that a replay gives the same verdicts. */
export const forStorage = (state: SequentialState): SequentialState => roundedDeep(state) as SequentialState;
