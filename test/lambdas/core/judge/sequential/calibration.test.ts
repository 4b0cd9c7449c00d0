import { describe, expect, it } from 'vitest';
import { atMost, calibrate, upperBound } from '../../../../../bench/judge/calibrate.ts';
import { simulateVariant, TEN_SECONDS } from '../../../../../bench/judge/improvements.ts';
import { isHigh } from '../../../../../bench/judge/peers.ts';
import { HEALTHY } from '../../../../../bench/judge/scenarios.ts';
import { simulate } from '../../../../../bench/judge/simulate.ts';

describe('calibration', () => {
  it('the exact binomial bound is that of the tables: 0 of 300 allow 1.52 % at 99 % confidence', () => {
    expect(upperBound(0, 300)).toBeCloseTo(1 - 0.01 ** (1 / 300), 9);
    expect(atMost(2, 10, 0.5)).toBeCloseTo(56 / 1024, 12);
  });

  it('healthy releases are not rolled back more often than 1 % allows, with bursts and shared incidents', () => {
    const { rollouts, wrong } = calibrate(360);
    // More than this many would come about once in ten thousand runs at 1 %.
    expect(1 - atMost(wrong - 1, rollouts, 0.01)).toBeGreaterThan(1e-4);
    expect(wrong).toBeLessThanOrEqual(3);
  });

  it('nor with ticks of ten seconds, which look six times as often', () => {
    const { rollouts, wrong } = calibrate(72, (cell, rollout) => simulateVariant(TEN_SECONDS, cell, rollout));
    expect(1 - atMost(wrong - 1, rollouts, 0.01)).toBeGreaterThan(1e-4);
  });

  it('a z-test at every tick is not calibrated, so the simulation can tell', () => {
    const scenario = HEALTHY[0] ?? expect.fail();
    const cell = { scenario, rps: 100, base: 0.001, lag: 0 };
    const wrong = Array.from({ length: 100 }, (_, rollout) => simulate('z-test peeking', cell, rollout));
    expect(wrong.filter(({ outcome }) => outcome === 'rolledBack').length).toBeGreaterThan(3);
  });

  it('Kayenta calls a clear shift high and the same values not', () => {
    const values = [10, 11, 12, 13, 14, 15, 16, 17];
    expect(
      isHigh(
        values.map((value) => value + 20),
        values,
      ),
    ).toBe(true);
    expect(isHigh(values, values)).toBe(false);
  });
});
