import { expect, it } from 'vitest';
import { forStorage } from '../../../../../lambdas/core/judge/sequential/round.ts';
import { defaultSettings } from '../../../../../lambdas/core/judge/sequential/settings.ts';
import { begin } from '../../../../../lambdas/core/judge/sequential/state.ts';

it('keeps the start of the newest period to the millisecond, so that the next one is taken in', () => {
  const period = Date.UTC(2026, 0, 1, 12, 34);
  const state = { ...begin(defaultSettings(60), {}, 100), period };
  expect(forStorage(state).period).toBe(period);
});
