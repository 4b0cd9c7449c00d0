import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Counts, Period } from '../../../../../lambdas/core/evidence.ts';
import { judge } from '../../../../../lambdas/core/judge/judge.ts';
import { beforehand } from '../../../../../lambdas/core/judge/sequential/beforehand.ts';
import { latencyOf, settingsOf } from '../../../../../lambdas/core/judge/sequential/from-spec.ts';
import { NO_PAST, type Past } from '../../../../../lambdas/core/judge/sequential/past.ts';
import { evidenceLimits } from '../../../../../lambdas/core/spec/limits.ts';
import type { RolloutSpec } from '../../../../../lambdas/core/spec/schema.ts';
import type { Strategy } from '../../../../../lambdas/core/spec/strategy-schema.ts';
import type { AnalysisState } from '../../../../../lambdas/core/tasks.ts';
import { exampleSpec } from '../../example-spec.ts';
import { minute } from '../walk.ts';

const blueGreen: Strategy = { blueGreen: { iterations: 1, countUnrouted: false } };
const specOf = (analysis: object = {}, strategy: Strategy = blueGreen): RolloutSpec => ({
  ...exampleSpec({
    analysis: {
      judge: 'sequential',
      threshold: undefined,
      deadline: '30m',
      metrics: [
        { name: 'request-success-rate', min: 99 },
        { name: 'request-duration', max: 500 },
      ],
      ...analysis,
    },
  }),
  strategy,
});
const past: Past = {
  schema: 1,
  periods: 180,
  requestsPerTick: 6000,
  metrics: { err: { rate: 0.001, dispersion: 1 } },
  latency: {},
};

const counts = (requests: number, failures: number, slow = 0): Counts => ({
  requests,
  failures,
  timed: requests,
  slower: { '500': slow, '550': slow },
});
const period = (n: number, canary: Counts, primary?: Counts): Period => ({
  start: minute(n),
  end: minute(n + 1),
  canary,
  ...(primary && { primary }),
});

/** Periods of all traffic, one a tick, until something is decided. */
const walk = (periods: readonly { canary: Counts; primary?: Counts }[], spec = specOf()) => {
  let analysis: AnalysisState | undefined;
  const results = [];
  for (const [n, { canary, primary }] of periods.entries()) {
    const result = judge({
      spec,
      weight: 100,
      analysis,
      past,
      periods: [period(n, canary, primary)],
      shiftedAt: minute(0),
      now: minute(n + 1),
      answers: {},
      approval: 'question',
    });
    results.push(result);
    analysis = result.analysis;
    if (result.decision !== 'hold') break;
  }
  return results;
};
const repeat = <T>(times: number, of: T): T[] => Array.from({ length: times }, () => of);

describe('where the limits decide', () => {
  it('a release that keeps them is promoted without a request of the primary', () => {
    const last = walk(repeat(10, { canary: counts(1500, 3, 3) })).at(-1);
    expect(last?.decision).toBe('promote');
    expect(last?.say).toMatch(
      /^Promote: every limit is proven kept; 0\.2 % of 1,500 canary requests failed, evidence of harm 0\.\d+ of 100; compared with the primary 1\.00, which only advises\.$/,
    );
  });

  it('a breach is told against the limit, not against the primary', () => {
    const last = walk(repeat(10, { canary: counts(1500, 90) })).at(-1);
    expect(last?.decision).toBe('rollBack');
    expect(last?.reason).toMatch(
      /^request-success-rate: 6 % of canary requests failed \(180 of 3,000\) against a limit of 1 % in the last 2 minutes; a healthy release would look this bad less than once in /,
    );
  });

  it('what would roll back by comparison is shown and recorded, and promoted', () => {
    const results = walk(repeat(20, { canary: counts(3000, 18), primary: counts(3000, 3) }));
    const last = results.at(-1);
    expect(last?.decision).toBe('promote');
    const { comparison = 0, evidence = 0 } = last?.analysis.sequential?.state ?? {};
    expect(comparison).toBeGreaterThan(100);
    expect(evidence).toBeLessThan(5);
    expect(last?.say).toMatch(/compared with the primary \d+, which only advises/);
  });

  it('a primary beyond its limit stands in nobody’s way, an incident of both excuses', () => {
    const mended = walk(repeat(20, { canary: counts(1500, 2), primary: counts(1500, 60) }));
    expect(mended.at(-1)?.decision).toBe('promote');
    const both = walk(repeat(5, { canary: counts(1500, 300), primary: counts(1500, 300) }));
    expect(both.map(({ decision }) => decision)).toEqual(repeat(5, 'hold'));
    expect(both[0]?.say).toContain('shared incident');
  });

  it('a metric of the spec’s own without a limit gets one from the past, with its margin', () => {
    const custom = [{ name: 'refused', total: 'all', bad: 'refused' }];
    const own = { ...past, metrics: { ...past.metrics, refused: { rate: 0.02, dispersion: 1 } } };
    const spec = specOf({
      custom,
      source: { prometheus: { url: 'http://p.test', callers: ['a'], delay: 0 } },
    });
    const { limits } = settingsOf(spec, own);
    // 1.1 times 2 %, and half a point.
    expect(limits.refused?.limit).toBeCloseTo(0.027, 9);
    const canary: Strategy = { canary: { stepWeight: 10, maxWeight: 50 } };
    expect(settingsOf({ ...spec, strategy: canary }, own).limits.refused).toBeUndefined();
  });

  it('latency counts at the limit even where the primary’s percentiles are not known', () => {
    const last = walk(repeat(10, { canary: counts(1500, 0, 200) })).at(-1);
    expect(last?.decision).toBe('rollBack');
    expect(last?.reason).toMatch(/^request-duration: .* took longer than 500 ms .* against a limit of 1 %/);
    expect(Object.keys(latencyOf(specOf(), NO_PAST).limits)).toEqual(['max500']);
  });

  it('what it takes is told beforehand: in minutes of all traffic, or in requests of the users that match', () => {
    expect(beforehand(specOf(), past)).toMatchObject({
      enough: true,
      say: 'at 100 requests a second promotion takes about 1 minute of proof at the last step (request-success-rate)',
    });
    const ab: Strategy = { ab: { iterations: 3, match: [{ headers: { 'x-canary': { exact: 'yes' } } }] } };
    expect(beforehand(specOf({}, ab), past).say).toBe(
      'promotion takes about 1,000 requests of the users that match (request-duration)',
    );
    const strict = specOf({ metrics: [{ name: 'request-success-rate', min: 99.95 }] }, ab);
    expect(beforehand(strict, past)).toMatchObject({
      enough: false,
      say: 'no limit can be proven to be kept',
    });
  });

  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const odd = fc.constantFrom(0, -1, 1e15, Number.NaN, Number.POSITIVE_INFINITY);
  const requests = fc.oneof({ weight: 9, arbitrary: fc.nat(4000) }, { weight: 1, arbitrary: odd });
  it('nothing makes it throw, roll back without evidence, promote without proof, or carry 4 KB', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ canary: requests, primary: fc.option(requests), failed: share, slow: share }), {
          minLength: 1,
          maxLength: 15,
        }),
        fc.constantFrom('guarded', 'fast'),
        (story, mode) => {
          const spec = specOf({ mode });
          const { limits } = evidenceLimits(spec, past);
          const side = (n: number, failed: number, slow: number, of: readonly number[]): Counts => ({
            requests: n,
            failures: Math.round(n * failed),
            timed: n,
            slower: Object.fromEntries(of.map((limit) => [limit, Math.round(n * slow)])),
          });
          const results = walk(
            story.map(({ canary, primary, failed, slow }) => ({
              canary: side(canary, failed, slow, limits.canary),
              ...(primary !== null && { primary: side(primary, failed / 2, slow / 2, limits.primary) }),
            })),
            spec,
          );
          for (const { decision, analysis, ...told } of results) {
            const evidence = analysis.sequential?.state.evidence ?? Number.NaN;
            expect(Number.isFinite(evidence)).toBe(true);
            if (decision === 'rollBack') expect(evidence).toBeGreaterThanOrEqual(100 - 1e-6);
            if (decision === 'promote') expect(evidence).toBeLessThan(5);
            expect(JSON.stringify(analysis).length).toBeLessThan(4096);
            expect(JSON.stringify(told).length).toBeLessThan(1024);
          }
        },
      ),
      { numRuns: 200, seed: 11 },
    );
  });
});
