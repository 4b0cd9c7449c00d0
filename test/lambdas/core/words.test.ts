import { expect, it } from 'vitest';
import { goDuration, percentOf } from '../../../lambdas/core/words.ts';

it.each([
  [299, 300, undefined, '99.7 %'],
  [300, 300, undefined, '100 %'],
  [99_999, 100_000, undefined, '99.999 %'],
  [1, 100_000, undefined, '0.001 %'],
  [0, 5, undefined, '0 %'],
  [9896, 10_000, 99, '98.96 %'],
  [9900, 10_000, 99, '99 %'],
  [0, 0, undefined, '0 %'],
])('%i of %i against %s reads as %s', (part, whole, limit, text) => {
  expect(percentOf(part, whole, limit)).toBe(text);
});

it.each([
  [612, '612ms'],
  [500, '500ms'],
  [1000, '1s'],
  [1515, '1.515s'],
  [90_000, '1m30s'],
  [3_600_000, '1h0m0s'],
])('%i ms prints as Go prints it: %s', (ms, text) => {
  expect(goDuration(ms)).toBe(text);
});
