import { describe, expect, it } from 'vitest';
import { atMost } from '../../../../../bench/judge/calibrate.ts';
import { binomial, random } from '../../../../../lambdas/core/forecast/random.ts';
import { remaining } from '../../../../../lambdas/core/judge/sequential/remaining.ts';
import {
  defaultSettings,
  limitMetric,
  type SequentialSettings,
} from '../../../../../lambdas/core/judge/sequential/settings.ts';
import { begin, type SequentialState } from '../../../../../lambdas/core/judge/sequential/state.ts';
import { finding, step } from '../../../../../lambdas/core/judge/sequential/step.ts';

const HORIZON = 60;
const ONLY_ERRORS = { err: defaultSettings(HORIZON).metrics.err ?? expect.fail() };
const settings: SequentialSettings = {
  ...defaultSettings(HORIZON),
  decides: 'limits',
  metrics: ONLY_ERRORS,
  limits: { success: limitMetric('err', 0.01) },
};
const history = { err: Array.from({ length: 180 }, () => ({ requests: 5700, bad: 6 })) };
const fresh = () => begin(settings, history);

interface Rates {
  readonly canary: number;
  readonly primary: number;
}
const NOBODY = { requests: 0, bad: 0 };

const tick = (
  state: SequentialState,
  canary: { requests: number; bad: number },
  primary: { requests: number; bad: number } = NOBODY,
): SequentialState =>
  step(settings, state, {
    metrics: { err: primary.requests > 0 ? { canary, primary } : undefined },
    limits: { success: { canary, primary } },
  });

/** Ticks of 300 canary and 5,700 primary requests until something is decided. */
const play = (rates: Rates, seed: number): { outcome: 'rolledBack' | 'proven' | 'open'; ticks: number } => {
  const draw = random(seed);
  let state = fresh();
  for (let ticks = 1; ticks <= HORIZON; ticks += 1) {
    const canary = { requests: 300, bad: binomial(draw, 300, rates.canary) };
    const primary = { requests: 5700, bad: binomial(draw, 5700, rates.primary) };
    state = tick(state, canary, primary);
    const found = finding(settings, state);
    if (found.rollBack) return { outcome: 'rolledBack', ticks };
    if (found.promotable && !found.hold) return { outcome: 'proven', ticks };
  }
  return { outcome: 'open', ticks: HORIZON };
};
const many = (rates: Rates, rollouts = 400) =>
  Array.from({ length: rollouts }, (_, seed) => play(rates, seed));
const share = (played: ReturnType<typeof many>, outcome: string): number =>
  played.filter((one) => one.outcome === outcome).length;

describe('limits that the canary keeps by itself', () => {
  it('do not roll back users who are eight times worse off than the primary’s, and within the limit', () => {
    const played = many({ canary: 0.008, primary: 0.001 });
    const wrong = share(played, 'rolledBack');
    // More than this many would come about once in ten thousand runs at alpha = 1 %.
    expect(1 - atMost(wrong - 1, played.length, settings.alpha)).toBeGreaterThan(1e-4);
    expect(wrong).toBeLessThanOrEqual(4);
  });

  it('roll back a canary exactly at its limit no more often than alpha allows, though nothing ends before the horizon', () => {
    let wrong = 0;
    for (let seed = 0; seed < 400; seed += 1) {
      const draw = random(1000 + seed);
      let state = fresh();
      for (let ticks = 0; ticks < HORIZON && !finding(settings, state).rollBack; ticks += 1)
        state = tick(state, { requests: 300, bad: binomial(draw, 300, 0.01) });
      if (finding(settings, state).rollBack) wrong += 1;
    }
    expect(1 - atMost(wrong - 1, 400, settings.alpha)).toBeGreaterThan(1e-4);
  });

  it('are what decides: the same counts compared would have rolled back', () => {
    let state = fresh();
    for (let ticks = 0; ticks < 10; ticks += 1)
      state = tick(state, { requests: 3000, bad: 24 }, { requests: 57_000, bad: 57 });
    const found = finding(settings, state);
    expect(found.rollBack).toBe(false);
    expect(found.comparison?.evidence).toBeGreaterThan(1e6);
    expect(found.parts).toHaveProperty('slo:success');
    expect(found.parts).not.toHaveProperty('err');
    expect(state.comparison).toBe(found.comparison?.evidence);
  });

  it('find a canary at three times its limit, whether the primary has requests or not', () => {
    const found = many({ canary: 0.03, primary: 0.001 }, 100);
    expect(share(found, 'rolledBack')).toBe(100);
    let state = fresh();
    let ticks = 0;
    for (const draw = random(5); !finding(settings, state).rollBack && ticks < HORIZON; ticks += 1)
      state = tick(state, { requests: 300, bad: binomial(draw, 300, 0.03) });
    expect(ticks).toBeLessThan(10);
  });

  it('prove a canary that keeps them, and one at its limit no more often than beta allows', () => {
    expect(share(many({ canary: 0.002, primary: 0.05 }, 100), 'proven')).toBe(100);
    const at = many({ canary: 0.01, primary: 0.001 });
    expect(1 - atMost(share(at, 'proven') - 1, at.length, settings.beta)).toBeGreaterThan(1e-4);
  });

  it('are proven by the canary alone, with no request of the primary', () => {
    let state = fresh();
    for (let ticks = 0; ticks < 5; ticks += 1) state = tick(state, { requests: 1000, bad: 1 });
    expect(finding(settings, state).promotable).toBe(true);
  });

  it('excuse what the primary suffers too', () => {
    let state = fresh();
    for (let ticks = 0; ticks < 10; ticks += 1)
      state = tick(state, { requests: 300, bad: 60 }, { requests: 5700, bad: 1140 });
    expect(finding(settings, state)).toMatchObject({ rollBack: false, promotable: false });
  });

  it('do not excuse a canary that fails altogether by a primary that is just beyond the limit', () => {
    const state = tick(fresh(), { requests: 300, bad: 240 }, { requests: 5700, bad: 70 });
    expect(finding(settings, state).rollBack).toBe(true);
  });

  it('take one tick for a catastrophe, and two for less', () => {
    const catastrophe = tick(fresh(), { requests: 300, bad: 90 });
    expect(finding(settings, catastrophe).rollBack).toBe(true);
    const once = tick(fresh(), { requests: 300, bad: 45 });
    expect(finding(settings, once).rollBack).toBe(false);
    expect(finding(settings, tick(once, { requests: 300, bad: 45 })).rollBack).toBe(true);
  });

  it('learn nothing from counts that are none, nor from a tick without canary requests', () => {
    for (const canary of [
      NOBODY,
      { requests: 10, bad: 11 },
      { requests: Number.NaN, bad: 0 },
      { requests: -5, bad: 0 },
      { requests: Number.POSITIVE_INFINITY, bad: 3 },
    ]) {
      let state = fresh();
      for (let ticks = 0; ticks < 20; ticks += 1) state = tick(state, canary, { requests: 500, bad: 1 });
      const { evidence, rollBack, promotable } = finding(settings, state);
      expect([rollBack, promotable]).toEqual([false, false]);
      expect(evidence).toBeCloseTo(1, 9);
    }
  });

  it('say how long their proof takes, from the requests that the canary really has', () => {
    expect(remaining(settings, fresh(), 0)?.ticks).toBe(Number.POSITIVE_INFINITY);
    let state = fresh();
    for (let ticks = 0; ticks < 2; ticks += 1) state = tick(state, { requests: 100, bad: 0 });
    const left = remaining(settings, state, 0) ?? expect.fail();
    expect(left.metric).toBe('slo:success');
    let ticks = 0;
    for (; !finding(settings, state).promotable; ticks += 1) state = tick(state, { requests: 100, bad: 0 });
    expect(left.ticks).toBeGreaterThanOrEqual(ticks);
    expect(left.ticks).toBeLessThan(3 * ticks);
    expect(remaining(settings, state, 0)?.ticks).toBe(0);
  });
});
