import { describe, expect, it } from 'vitest';
import { latencyOf, settingsOf } from '../../../../../lambdas/core/judge/sequential/from-spec.ts';
import { NO_PAST, type Past } from '../../../../../lambdas/core/judge/sequential/past.ts';
import { defaultSettings } from '../../../../../lambdas/core/judge/sequential/settings.ts';
import { exampleSpec } from '../../example-spec.ts';

const SUCCESS = { name: 'request-success-rate', min: 99 };
const DURATION = { name: 'request-duration', percentile: 99, max: 500 };
const specOf = (analysis: object = {}) =>
  exampleSpec({ analysis: { judge: 'sequential', threshold: undefined, ...analysis } });
const past: Past = {
  ...NO_PAST,
  periods: 180,
  latency: {
    l75: { primary: 75, canary: 82.5 },
    l95: { primary: 134, canary: 147 },
    l99: { primary: 202, canary: 222 },
  },
};

describe('the settings of a spec', () => {
  it('are those that were measured, where the spec says nothing', () => {
    const settings = settingsOf(specOf(), past);
    const measured = defaultSettings(60);
    expect({ ...settings, metrics: {}, limits: {} }).toEqual({ ...measured, metrics: {}, limits: {} });
    for (const [name, { knownRate: _, ...metric }] of Object.entries(measured.metrics))
      expect(settings.metrics[name]).toEqual(metric);
  });

  it('hold both limits as shares of requests, without rounding noise', () => {
    const { limits } = settingsOf(specOf({ metrics: [{ ...SUCCESS, min: 99.9 }, DURATION] }), past);
    expect(limits).toEqual({
      success: { of: 'err', limit: 0.001, weight: 0.05 },
      max500: { of: 'l99', limit: 0.01, weight: 0.05 },
    });
  });

  it('spread the restarts over the periods until the deadline', () => {
    expect(settingsOf(specOf({ deadline: '30m' })).horizon).toBe(30);
    expect(settingsOf(specOf({ sequential: { horizon: 12 } })).horizon).toBe(12);
  });

  it('take every default that the spec sets otherwise, percentages as shares', () => {
    const settings = settingsOf(
      specOf({
        sequential: {
          alpha: 0.05,
          beta: 0.1,
          startMass: 0.8,
          cap: 4,
          hold: 3,
          warmup: 2,
          budget: 7,
          catastrophe: { share: 50 },
        },
        metrics: [
          { ...SUCCESS, ratio: 1.5, slack: 0.2, margin: 1, weight: 0.3, limitWeight: 0.2 },
          { ...DURATION, ratio: 1.2, slack: 1, margins: { p75: 20 }, weight: 0.6 },
        ],
      }),
      past,
    );
    expect(settings).toMatchObject({
      alpha: 0.05,
      beta: 0.1,
      startMass: 0.8,
      cap: 4,
      hold: 3,
      warmup: 2,
      budget: 7,
    });
    expect(settings.catastrophe).toEqual({ requests: 20, share: 0.5, primary: 0.05 });
    expect(settings.metrics.err).toMatchObject({ ratio: 1.5, slack: 0.002, margin: 0.01, weight: 0.3 });
    expect(settings.metrics.l75).toMatchObject({ ratio: 1.2, slack: 0.01, margin: 0.2 });
    expect(settings.metrics.l95?.margin).toBe(0.03);
    expect(settings.metrics.l95?.weight).toBeCloseTo(0.2, 12);
    expect(settings.limits.success?.weight).toBe(0.2);
  });

  it('compare what the spec names, and nothing else', () => {
    expect(Object.keys(settingsOf(specOf({ metrics: [SUCCESS] }), past).metrics)).toEqual(['err']);
    expect(Object.keys(settingsOf(specOf({ metrics: [DURATION] }), past).metrics)).toEqual([
      'l75',
      'l95',
      'l99',
    ]);
  });

  it('compare durations beyond the spec’s own limit where the primary never had any', () => {
    expect(latencyOf(specOf())).toEqual({
      metrics: { l99: { primary: 500, canary: 550 } },
      limits: { max500: { primary: 500, canary: 500 } },
    });
    expect(Object.keys(settingsOf(specOf()).metrics)).toEqual(['err', 'l99']);
  });

  it('allow a wider ratio where only a histogram’s edges can be counted beyond', () => {
    const coarse: Past = { ...past, coarse: true, latency: { l99: { primary: 250, canary: 250 } } };
    expect(settingsOf(specOf(), coarse).metrics.l99?.ratio).toBe(1.25);
  });

  it('have no durations where there are percentiles only', () => {
    const settings = settingsOf(specOf(), { ...NO_PAST, percentilesOnly: true });
    expect([Object.keys(settings.metrics), Object.keys(settings.limits)]).toEqual([['err'], ['success']]);
  });
});
