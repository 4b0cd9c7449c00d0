import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  growthOptimalBet,
  logEvidence,
  oddsTimes,
} from '../../../../../lambdas/core/judge/sequential/bet.ts';
import { counterRise, usable } from '../../../../../lambdas/core/judge/sequential/counts.ts';
import { remaining } from '../../../../../lambdas/core/judge/sequential/remaining.ts';
import { spentMass, startingMass, tickCap } from '../../../../../lambdas/core/judge/sequential/restarts.ts';
import { defaultSettings } from '../../../../../lambdas/core/judge/sequential/settings.ts';
import { begin } from '../../../../../lambdas/core/judge/sequential/state.ts';
import { finding, step } from '../../../../../lambdas/core/judge/sequential/step.ts';

const settings = defaultSettings(60);
const calm = { err: Array.from({ length: 60 }, () => ({ requests: 6000, bad: 6 })) };
const errors = (nc: number, xc: number, np: number, xp: number) => ({
  metrics: { err: { canary: { requests: nc, bad: xc }, primary: { requests: np, bad: xp } } },
  limits: {},
});

describe('the e-variable of a tick', () => {
  it('is the conditional binomial likelihood ratio where nothing is allowed beyond the primary', () => {
    // Binomial(4; 9, nc qc / (nc qc + np qp)) / Binomial(4; 9, nc / (nc + np)), computed apart from this code.
    const bet = growthOptimalBet({ ratio: 1, slack: 0 }, { canary: 300, primary: 5700 }, 0.006, 0.001);
    const counts = { canary: { requests: 300, bad: 4 }, primary: { requests: 5700, bad: 5 } };
    expect(Math.exp(logEvidence(bet, 0, counts))).toBeCloseTo(173.9461754880001, 9);
  });

  it('is the Poisson likelihood ratio against a fixed limit', () => {
    // Poisson(9; 500 x 0.02) / Poisson(9; 500 x 0.01), computed apart from this code.
    const bet = growthOptimalBet({ ratio: 0, slack: 0.01 }, { canary: 500, primary: 0 }, 0.02, 0);
    const counts = { canary: { requests: 500, bad: 9 }, primary: { requests: 0, bad: 0 } };
    expect(Math.exp(logEvidence(bet, 0.01, counts))).toBeCloseTo(3.449828863531759, 12);
  });

  it('expects at most 1 wherever the null hypothesis holds, summed exactly over all outcomes', () => {
    const binomials = (n: number, p: number): number[] => {
      let value = (1 - p) ** n;
      return Array.from({ length: n + 1 }, (_, k) => {
        const now = value;
        value *= ((n - k) / (k + 1)) * (p / (1 - p));
        return now;
      });
    };
    const rates = fc.double({ min: 0.001, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(
        rates,
        rates,
        fc.constantFrom(1.25, 3, 30),
        fc.constantFrom(0, 0.0005, 0.02),
        (p, guess, m, slack) => {
          const bound = { ratio: 1.1, slack };
          const bet = growthOptimalBet(
            bound,
            { canary: 12, primary: 20 },
            oddsTimes(1.1 * guess + slack, m),
            guess,
          );
          let mean = 0;
          for (const [xc, pc] of binomials(12, 1.1 * p + slack).entries())
            for (const [xp, pp] of binomials(20, p).entries()) {
              const counts = { canary: { requests: 12, bad: xc }, primary: { requests: 20, bad: xp } };
              mean += pc * pp * Math.exp(logEvidence(bet, slack, counts));
            }
          expect(mean).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the cap', () => {
  it('leaves no single tick the power to roll back while nothing spoke against the canary before', () => {
    for (const alpha of [0.001, 0.01, 0.05, 0.2])
      for (const quiet of [0, 1, 25, 59, 80]) {
        const set = { ...settings, alpha };
        let state = begin(set, calm, 6000);
        for (let tick = 0; tick < quiet; tick += 1) state = step(set, state, { metrics: {}, limits: {} });
        expect(state.evidence).toBeCloseTo(1, 9);
        // 19 % is just below a catastrophe.
        const after = step(set, state, errors(3000, 570, 3000, 3));
        expect(finding(set, after).rollBack).toBe(false);
      }
  });

  it('lets two ticks roll back, and one where a fifth of the canary fails alone', () => {
    let state = step(settings, begin(settings, calm, 6000), errors(3000, 570, 3000, 3));
    state = step(settings, state, errors(3000, 570, 3000, 3));
    expect(finding(settings, state).rollBack).toBe(true);
    const catastrophe = step(settings, begin(settings, calm, 6000), errors(300, 60, 5700, 6));
    expect(finding(settings, catastrophe).rollBack).toBe(true);
    const everyones = step(settings, begin(settings, calm, 6000), errors(300, 60, 5700, 285));
    expect(finding(settings, everyones).rollBack).toBe(false);
  });

  it('is the full 5 nats while at most the mass of twenty ticks is spent at a chance of 1 %', () => {
    expect(tickCap(settings, 1)).toBe(5);
    expect(tickCap(settings, 20)).toBe(5);
    expect(tickCap(settings, 60)).toBeCloseTo(Math.log(100), 6);
  });
});

describe('restarts', () => {
  it('spend all of the mass by the horizon and none after it', () => {
    const sum = Array.from({ length: 80 }, (_, index) => startingMass(settings, index + 1)).reduce(
      (a, b) => a + b,
    );
    expect(sum).toBeCloseTo(1, 12);
    expect(spentMass(settings, 80)).toBeCloseTo(1, 12);
    expect(startingMass(settings, 61)).toBe(0);
  });
});

describe('counts that cannot be', () => {
  it.each([
    [{ requests: 10, bad: 11 }],
    [{ requests: -1, bad: 0 }],
    [{ requests: Number.NaN, bad: 0 }],
    [{ requests: 1e300, bad: 0 }],
  ])('%o drops the tick', (canary) => {
    expect(usable({ canary, primary: { requests: 10, bad: 0 } })).toBeUndefined();
  });

  it('a counter that starts again counts what it has since, unless that is more than there can be', () => {
    expect(counterRise(100, 130, 20)).toBe(30);
    expect(counterRise(100, 30, 20)).toBe(30);
    expect(counterRise(100, 90, 20)).toBeUndefined();
  });
});

describe('what is still missing', () => {
  it('falls as traffic rises, is endless without traffic, and 0 once proven', () => {
    const at = (perTick: number) => remaining(settings, begin(settings, {}, perTick), 0.5)?.ticks ?? 0;
    expect(at(60)).toBeGreaterThan(at(600));
    expect(at(600)).toBeGreaterThan(at(60_000));
    expect(at(0)).toBe(Number.POSITIVE_INFINITY);
    const only = { ...settings, metrics: { err: settings.metrics.err ?? expect.fail() } };
    let state = begin(only, calm, 6000);
    for (let tick = 0; tick < 10; tick += 1) state = step(only, state, errors(3000, 3, 3000, 3));
    expect(remaining(only, state, 0.5)).toEqual({ metric: 'err', ticks: 0, because: 'not enough traffic' });
  });
});
