import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Counts, Period } from '../../../../../lambdas/core/evidence.ts';
import {
  judgeSequential,
  type SequentialInput,
  type SequentialResult,
} from '../../../../../lambdas/core/judge/sequential/judge-sequential.ts';
import { defaultSettings, limitMetric } from '../../../../../lambdas/core/judge/sequential/settings.ts';
import { exampleSpec } from '../../example-spec.ts';
import { minute } from '../walk.ts';

const settings = {
  ...defaultSettings(60),
  limits: { err: limitMetric('err', 0.02), l500: limitMetric('l99', 0.01) },
};
const latency = {
  metrics: {
    l75: { canary: 82, primary: 75 },
    l95: { canary: 148, primary: 134 },
    l99: { canary: 222, primary: 202 },
  },
  limits: { l500: { canary: 500, primary: 500 } },
};
const repeat = (requests: number, bad: number) => Array.from({ length: 60 }, () => ({ requests, bad }));
const history = {
  err: repeat(30_000, 30),
  l75: repeat(30_000, 7500),
  l95: repeat(30_000, 1500),
  l99: repeat(30_000, 300),
};
const timed = (requests: number, failures: number): Counts => ({
  requests,
  failures,
  timed: requests,
  slower: Object.fromEntries(
    [
      [75, 0.25],
      [82, 0.2],
      [134, 0.05],
      [148, 0.04],
      [202, 0.01],
      [222, 0.008],
      [500, 0],
    ].map(([edge = 0, share = 0]) => [String(edge), Math.round(requests * share)]),
  ),
});
const spec = exampleSpec({ canary: { stepWeights: [5, 50] } });
const input = (change: Partial<SequentialInput>): SequentialInput => ({
  spec,
  settings,
  mode: 'guarded',
  latency,
  history,
  weight: 5,
  periods: [],
  shiftedAt: minute(0),
  now: minute(1),
  answers: {},
  approval: 'asked',
  ...change,
});

/** Ticks a minute apart with these failures of 1,500 canary requests; the primary fails 0.1 %. */
const walk = (failures: readonly number[], change: Partial<SequentialInput> = {}) => {
  const results: SequentialResult[] = [];
  let weight = 5;
  let shiftedAt = minute(0);
  for (const [index, bad] of failures.entries()) {
    const period: Period = {
      start: minute(index),
      end: minute(index + 1),
      canary: timed(weight * 300, bad),
      primary: timed(30_000 - weight * 300, Math.round((30_000 - weight * 300) / 1000)),
    };
    const analysis = results.at(-1)?.analysis;
    const result = judgeSequential(
      input({ weight, shiftedAt, analysis, periods: [period], now: minute(index + 1), ...change }),
    );
    results.push(JSON.parse(JSON.stringify(result)));
    if (result.decision !== 'advance' && result.decision !== 'hold') break;
    if (result.weight !== weight) shiftedAt = minute(index + 1);
    weight = result.weight;
  }
  return results;
};

describe('judgeSequential', () => {
  it('promotes a healthy release once it is at the last step and proven', () => {
    const results = walk(Array.from({ length: 12 }, (_, index) => (index === 0 ? 1 : 15)));
    expect(results.map(({ decision }) => decision)).toContain('advance');
    expect(results.at(-1)?.decision).toBe('promote');
    expect(results.at(-1)?.say).toMatch(
      /^Promote: every metric is proven not worse; 0\.1 % of 15,000 canary requests failed \(primary 0\.1 % of 15,000\), evidence of harm 0\.\d+ of 100\.$/,
    );
  });

  it('rolls back with counts of both versions, the time they are from and the chance of being wrong', () => {
    const last = walk([60, 63]).at(-1);
    expect(last?.decision).toBe('rollBack');
    expect(last?.reason).toMatch(/^request-success-rate: 4\.1 % of canary requests failed/);
    expect(last?.say).toBe(
      "Roll back: 4.1 % of canary requests failed (123 of 3,000) against 0.1 % of primary's (58 of 57,000) " +
        'in the last 2 minutes; a healthy release would look this bad less than once in 5,000.',
    );
  });

  it('stays where something speaks against the canary and says what would change it', () => {
    const [first] = walk([15]);
    expect(first?.decision).toBe('hold');
    expect(first?.say).toMatch(/evidence \d+\.\d of 100: rolls back there, goes on below 5\.$/);
  });

  it('takes a period in once: the same tick again changes neither evidence nor weight', () => {
    const period: Period = {
      start: minute(0),
      end: minute(1),
      canary: timed(1500, 20),
      primary: timed(28_500, 28),
    };
    const once = judgeSequential(input({ periods: [period] }));
    const again = judgeSequential(input({ periods: [period], analysis: once.analysis, now: minute(1) }));
    expect(again.analysis.sequential).toEqual(once.analysis.sequential);
    expect(again.decision).toBe('hold');
  });

  it('carries less than 4 KB for six metrics', () => {
    const last = walk(
      Array.from({ length: 30 }, (_, index) => index % 3),
      { answers: { pausedBy: 'ann' } },
    ).at(-1);
    expect(last?.analysis.ticks).toBe(30);
    expect(JSON.stringify(last?.analysis).length).toBeLessThan(4096);
  });

  it('blames nobody for an incident of both versions', () => {
    const period: Period = {
      start: minute(0),
      end: minute(1),
      canary: timed(1500, 150),
      primary: timed(28_500, 2850),
    };
    const result = judgeSequential(input({ periods: [period] }));
    expect(result.decision).toBe('hold');
    expect(result.say).toContain('shared incident');
  });

  it('a canary without requests beside a busy primary is told of, and nothing is learned', () => {
    const periods = [0, 1].map((n) => ({ start: minute(n), end: minute(n + 1), primary: timed(30_000, 30) }));
    const result = judgeSequential(input({ periods, now: minute(2) }));
    expect(result.decision).toBe('hold');
    expect(result.say).toContain('the canary gets no traffic');
    expect(result.analysis.sequential.state.tick).toBe(0);
  });

  it('asks at the deadline and says what would settle it and when', () => {
    const result = judgeSequential(input({ now: minute(61), requestsPerTick: 300, history: {} }));
    expect(result.decision).toBe('ask');
    expect(result.reason).toMatch(
      /^inconclusive: the deadline of 1h passed at 5 %; not enough traffic yet: request-success-rate takes about 11 hours more of such traffic to prove$/,
    );
  });
});

const wild = fc.oneof(
  fc.nat(5000),
  fc.constantFrom(0, -1, 1e308, 1e11, Number.NaN, Number.POSITIVE_INFINITY, 0.5),
);
const counts: fc.Arbitrary<Counts> = fc.record(
  {
    requests: wild,
    failures: wild,
    timed: wild,
    slower: fc.dictionary(fc.constantFrom('75', '82', '134', '148', '202', '222', '500'), wild),
  },
  { requiredKeys: ['requests', 'failures'] },
);
const stories = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 70 }),
    sides: fc.record({ canary: counts, primary: counts }, { requiredKeys: [] }),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('whatever the source says', () => {
  it('the judge does not throw, rolls back with evidence only and promotes with proof only', () => {
    fc.assert(
      fc.property(
        stories,
        fc.constantFrom('guarded' as const, 'fast' as const),
        fc.constantFrom({}, history),
        (story, mode, past) => {
          let analysis: SequentialInput['analysis'] = null;
          let weight = 5;
          for (const [index, { at, sides }] of story.entries()) {
            const period: Period = { start: minute(at), end: minute(at + 1), ...sides };
            const now = minute(Math.max(at, index) + 1);
            const result: SequentialResult = judgeSequential(
              input({ mode, history: past, analysis, weight, periods: [period, period], now }),
            );
            const { state } = result.analysis.sequential;
            expect(JSON.stringify(result)).not.toContain('null');
            expect(Number.isFinite(state.evidence)).toBe(true);
            if (result.decision === 'rollBack') expect(state.evidence).toBeGreaterThanOrEqual(100);
            if (result.decision === 'promote') {
              expect(weight).toBe(50);
              for (const { proof } of Object.values(state.metrics))
                expect(Math.max(...(proof.at(-1) ?? []))).toBeGreaterThanOrEqual(Math.log(20) - 1e-6);
            }
            if (result.decision !== 'advance' && result.decision !== 'hold') break;
            weight = result.weight;
            analysis = JSON.parse(JSON.stringify(result.analysis));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
