import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TICKS, mostTicks, nextWeight, planProblems, steps } from '../../../lambdas/core/plan.ts';
import { rolloutSpec } from '../../../lambdas/core/spec/schema.ts';
import { exampleSpec } from './example-spec.ts';

/** The spec without the checks of its plan. */
const unchecked = (canary: object, analysis: object = {}) => {
  const spec = exampleSpec();
  return rolloutSpec.parse({ ...spec, strategy: { canary }, analysis: { ...spec.analysis, ...analysis } });
};

describe('steps', () => {
  it.each([
    [{ stepWeight: 20, maxWeight: 50 }, [20, 40, 50]],
    [{ stepWeight: 10, maxWeight: 30 }, [10, 20, 30]],
    [{ stepWeight: 50 }, [50, 100]],
    [{ stepWeight: 30, maxWeight: 30 }, [30]],
    [{ stepWeights: [1, 2, 10, 80] }, [1, 2, 10, 80]],
  ])('%o are %o', (canary, expected) => {
    expect(steps(unchecked(canary))).toEqual(expected);
  });

  it('rise and end at maxWeight, whatever the step', () => {
    const percent = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(percent, percent, (a, b) => {
        const [stepWeight, maxWeight] = a < b ? [a, b] : [b, a];
        const weights = steps(unchecked({ stepWeight, maxWeight }));
        expect(weights.at(-1)).toBe(maxWeight);
        expect(weights).toEqual([...new Set(weights)].sort((x, y) => x - y));
      }),
      { numRuns: 100 },
    );
  });

  it('go on from a weight that is none of them', () => {
    const spec = exampleSpec();
    expect([0, 10, 15, 20, 30, 100].map((weight) => nextWeight(spec, weight))).toEqual([
      10,
      20,
      20,
      30,
      undefined,
      undefined,
    ]);
  });
});

describe('problems', () => {
  it.each([
    [{ stepWeights: [5, 20, 20] }, {}, 'strategy.canary.stepWeights: must rise, got [5,20,20]'],
    [
      { stepWeight: 60, maxWeight: 50 },
      {},
      'strategy.canary.stepWeight: must not be above maxWeight (50), got 60',
    ],
    [
      { stepWeight: 1, maxWeight: 100 },
      { deadline: '30m' },
      'analysis.deadline: must be at least 1h40m, what 100 steps take (router.settle, source.period and source.delay each), got 30m',
    ],
    [
      { stepWeight: 50 },
      { interval: '10s' },
      'analysis.interval: must allow at most 2,000 ticks (an execution has 25,000 events, a tick 9), got 10s, ' +
        'which can take 9,004; set a longer interval, or onInconclusive: rollBack (a question stays open for 24h)',
    ],
  ])('%o %o: %s', (canary, analysis, problem) => {
    expect(planProblems(unchecked(canary, analysis))).toEqual([problem]);
  });

  it('are none for a day of asking at an interval of a minute', () => {
    const spec = unchecked({ stepWeight: 5, maxWeight: 50 });
    expect(mostTicks(spec)).toBeLessThanOrEqual(MAX_TICKS);
    expect(planProblems(spec)).toEqual([]);
  });
});
