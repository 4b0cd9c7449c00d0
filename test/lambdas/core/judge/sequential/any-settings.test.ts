import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Counts } from '../../../../../lambdas/core/evidence.ts';
import { judge } from '../../../../../lambdas/core/judge/judge.ts';
import { evidenceLimits } from '../../../../../lambdas/core/spec/limits.ts';
import type { AnalysisState } from '../../../../../lambdas/core/tasks.ts';
import { exampleSpec } from '../../example-spec.ts';
import { minute } from '../walk.ts';

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const within = (min: number, max: number) => maybe(fc.double({ min, max, noNaN: true }));
const defined = (block: object): object =>
  Object.fromEntries(Object.entries(block).filter(([, value]) => value !== undefined));

/** Whatever a spec may set, at the ends of its ranges too. */
const settings = fc.record({
  alpha: within(0.0001, 0.19),
  beta: within(0.001, 0.5),
  horizon: maybe(fc.integer({ min: 2, max: 2000 })),
  startMass: within(0.05, 1),
  cap: within(1, 20),
  warmup: maybe(fc.integer({ min: 0, max: 60 })),
  budget: within(1, 1_000_000),
});
const comparison = {
  ratio: within(1, 10),
  slack: within(0, 50),
  weight: within(0.01, 1),
  limitWeight: within(0, 1),
};
const success = fc.record({
  min: fc.constantFrom(0, 50, 99, 99.99, 100),
  margin: within(0.01, 50),
  ...comparison,
});
const duration = fc.record({
  percentile: fc.constantFrom(50, 99, 99.9),
  tolerance: within(1, 10),
  ...comparison,
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const ticks = fc.array(
  fc.record({ requests: fc.nat(3000), failed: share, slow: share, primaryFailed: share, primarySlow: share }),
  { minLength: 1, maxLength: 12 },
);

describe('whatever a spec sets', () => {
  it('evidence stays a number, the state JSON under 4 KB, the result under 1 KB, and harm rolls back only where there is some', () => {
    fc.assert(
      fc.property(
        settings,
        success,
        duration,
        fc.constantFrom('guarded', 'fast'),
        ticks,
        (set, errors, slowness, mode, story) => {
          const spec = exampleSpec({
            analysis: {
              judge: 'sequential',
              mode,
              threshold: undefined,
              sequential: defined(set),
              metrics: [
                { name: 'request-success-rate', ...defined(errors) },
                { name: 'request-duration', max: 500, ...defined(slowness) },
              ],
            },
          });
          const { limits } = evidenceLimits(spec, undefined);
          const counts = (
            side: 'canary' | 'primary',
            requests: number,
            failed: number,
            slow: number,
          ): Counts => ({
            requests,
            failures: Math.round(requests * failed),
            timed: requests,
            slower: Object.fromEntries(limits[side].map((limit) => [limit, Math.round(requests * slow)])),
          });
          let analysis: AnalysisState | undefined;
          for (const [index, on] of story.entries()) {
            const result = judge({
              spec,
              analysis,
              weight: 10,
              periods: [
                {
                  start: minute(index),
                  end: minute(index + 1),
                  canary: counts('canary', on.requests, on.failed, on.slow),
                  primary: counts('primary', on.requests * 9, on.primaryFailed, on.primarySlow),
                },
              ],
              shiftedAt: minute(0),
              now: minute(index + 1),
              answers: {},
              approval: 'question',
            });
            const state = result.analysis.sequential?.state;
            expect(Number.isFinite(state?.evidence)).toBe(true);
            expect(JSON.stringify(result)).not.toContain('null');
            const { analysis: after, ...told } = result;
            expect(JSON.stringify(told).length).toBeLessThan(1024);
            expect(JSON.stringify(after).length).toBeLessThan(4096);
            if (result.decision === 'rollBack')
              expect(state?.evidence).toBeGreaterThanOrEqual(1 / (set.alpha ?? 0.01) - 1e-6);
            if (result.decision !== 'hold' && result.decision !== 'advance') return;
            analysis = JSON.parse(JSON.stringify(result.analysis)) as AnalysisState;
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
