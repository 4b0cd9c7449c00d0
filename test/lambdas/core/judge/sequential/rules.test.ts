import { describe, expect, it } from 'vitest';
import type { Counts, Period } from '../../../../../lambdas/core/evidence.ts';
import { judge } from '../../../../../lambdas/core/judge/judge.ts';
import { NO_PAST, type Past } from '../../../../../lambdas/core/judge/sequential/past.ts';
import type { RolloutSpec } from '../../../../../lambdas/core/spec/schema.ts';
import type { AnalysisState, Answers, JudgeCanaryResult } from '../../../../../lambdas/core/tasks.ts';
import { exampleSpec } from '../../example-spec.ts';
import { minute } from '../walk.ts';

const LIMITS = { l75: [75, 82.5], l95: [134, 147], l99: [202, 222] } as const;
const past: Past = {
  schema: 1,
  periods: 180,
  requestsPerTick: 6000,
  metrics: {
    err: { rate: 0.001, dispersion: 1 },
    l75: { rate: 0.25, dispersion: 1 },
    l95: { rate: 0.05, dispersion: 1 },
    l99: { rate: 0.01, dispersion: 1 },
  },
  latency: Object.fromEntries(
    Object.entries(LIMITS).map(([name, [primary, canary]]) => [name, { primary, canary }]),
  ),
};
const specOf = (analysis: object = {}): RolloutSpec =>
  exampleSpec({
    canary: { stepWeights: [10, 50] },
    analysis: { judge: 'sequential', threshold: undefined, deadline: '20m', ...analysis },
  });

const counts = (requests: number, failures = Math.round(requests / 1000)): Counts => ({
  requests,
  failures,
  timed: requests,
  slower: {
    75: requests / 4,
    82.5: requests / 5,
    134: requests / 20,
    147: requests / 25,
    202: requests / 100,
    222: requests / 125,
    500: 0,
  },
});
const period = (n: number, canary?: Counts, primary: Counts | undefined = counts(5400)): Period => ({
  start: minute(n),
  end: minute(n + 1),
  ...(canary && { canary }),
  ...(primary && { primary }),
});

interface Tick {
  readonly spec?: RolloutSpec;
  readonly analysis?: AnalysisState | undefined;
  readonly periods?: readonly Period[];
  readonly at?: number;
  readonly weight?: number;
  readonly answers?: Answers;
  readonly past?: Past;
}
const tick = ({
  spec = specOf(),
  periods = [],
  at = 1,
  weight = 10,
  answers = {},
  ...rest
}: Tick): JudgeCanaryResult =>
  judge({
    spec,
    weight,
    past: rest.past ?? past,
    analysis: rest.analysis,
    periods,
    shiftedAt: minute(0),
    now: minute(at),
    answers,
    approval: 'question',
  });

/** Ticks at one weight, each with a period of these counts. */
const through = (of: readonly Period[], on: Tick = {}): JudgeCanaryResult[] => {
  const results: JudgeCanaryResult[] = [];
  for (const [index, each] of of.entries())
    results.push(tick({ ...on, periods: [each], at: index + 1, analysis: results.at(-1)?.analysis }));
  return results;
};
const last = (of: readonly Period[], on: Tick = {}) => through(of, on).at(-1) as JudgeCanaryResult;

describe('at the deadline', () => {
  const few = (n: number) => period(n, counts(6, 0), counts(54, 0));
  const slow = { ...past, requestsPerTick: 60 };
  const some = Array.from({ length: 19 }, (_, n) => few(n));
  const late = (onInconclusive: string, of: readonly Period[] = some) => {
    const spec = specOf({ onInconclusive });
    const before = last(of, { spec, past: slow, weight: 50 });
    return tick({ spec, past: slow, weight: 50, analysis: before.analysis, at: 20, periods: [few(19)] });
  };

  it('a person is asked, with what would settle it and when', () => {
    const { decision, reason, analysis } = late('ask');
    expect(decision).toBe('ask');
    expect(reason).toMatch(
      /^inconclusive: the deadline of 20m passed at 50 %; not enough traffic yet: request-[a-z-]+ takes about .* to prove$/,
    );
    expect(analysis).toMatchObject({ inconclusive: true, asked: { approval: 'question' } });
  });

  it('it is rolled back, and ends inconclusive', () => {
    const { decision, analysis, events } = late('rollBack');
    expect(decision).toBe('rollBack');
    expect(analysis.inconclusive).toBe(true);
    expect(events.at(-1)?.text).toMatch(/^Rolling back podinfo.test inconclusive at the deadline of 20m$/);
  });

  it('it is promoted unproven where the spec says so, was compared, and has nothing against it', () => {
    const { decision, say, analysis } = late('promote');
    expect(decision).toBe('promote');
    expect(say).toContain('nothing speaks against it in 20 whole periods at this weight');
    expect(analysis.inconclusive).toBe(true);
  });

  it('what was never compared is rolled back, whatever the spec says', () => {
    const spec = specOf({ onInconclusive: 'promote' });
    const { decision, reason } = tick({ spec, weight: 50, at: 20 });
    expect(decision).toBe('rollBack');
    expect(reason).toContain('inconclusive');
  });

  it('what something speaks against is rolled back, whatever the spec says', () => {
    const spec = specOf({ onInconclusive: 'promote', deadline: '2m' });
    const before = last([period(0, counts(600, 5))], { spec });
    const at = tick({ spec, analysis: before.analysis, periods: [period(1, counts(600, 3))], at: 2 });
    expect(at.analysis.sequential?.state.evidence).toBeGreaterThan(5);
    expect([at.decision, at.analysis.inconclusive]).toEqual(['rollBack', true]);
  });
});

describe('while a person is asked', () => {
  const spec = specOf({ deadline: '3m' });
  const asked = () => {
    const before = tick({ spec, at: 3, weight: 50 });
    expect(before.decision).toBe('ask');
    return before.analysis;
  };

  it('says at each tick what would settle it', () => {
    const { decision, say } = tick({ spec, analysis: asked(), at: 4, weight: 50 });
    expect(decision).toBe('hold');
    expect(say).toMatch(/a person is asked; not enough traffic/);
  });

  it('proof promotes', () => {
    let analysis: AnalysisState | undefined = asked();
    const decisions: string[] = [];
    for (let n = 3; n < 12 && decisions.at(-1) !== 'promote'; n += 1) {
      const of = period(n, counts(3000), counts(3000));
      const result = tick({ spec, analysis, periods: [of], at: n + 1, weight: 50 });
      decisions.push(result.decision);
      analysis = result.analysis;
    }
    expect(decisions.at(-1)).toBe('promote');
    expect(analysis).not.toHaveProperty('inconclusive');
    expect(decisions.length).toBeGreaterThan(1);
  });

  it('harm rolls back', () => {
    const of = period(3, counts(3000, 900), counts(3000));
    const { decision, analysis } = tick({ spec, analysis: asked(), periods: [of], at: 4, weight: 50 });
    expect(decision).toBe('rollBack');
    expect(analysis).not.toHaveProperty('inconclusive');
  });

  it('an answer leaves the analysis what it was: inconclusive', () => {
    const answers = { approval: 'approved' as const, by: 'ana' };
    const { decision, analysis } = tick({ spec, analysis: asked(), answers, at: 4, weight: 50 });
    expect([decision, analysis.inconclusive]).toEqual(['promote', true]);
  });
});

describe('a primary without a past', () => {
  const first = (mode: string) =>
    tick({ spec: specOf({ mode }), past: NO_PAST, periods: [period(0, counts(600), counts(5400))] });

  it('has the traffic that its first tick shows: unknown is not little, and little needs no proof', () => {
    const { decision, analysis } = first('fast');
    expect(decision).toBe('hold');
    expect(analysis.sequential?.state.requestsPerTick).toBe(6000);
  });

  it('rises on schedule all the same, with an estimate by that traffic', () => {
    const { decision, say } = first('guarded');
    expect(decision).toBe('advance');
    expect(say).toMatch(/about \d+ minutes? of proof to go/);
  });
});

describe('a period without canary requests', () => {
  it('teaches nothing and fails nothing', () => {
    const { decision, analysis, say } = tick({ periods: [period(0)], at: 1 });
    expect([decision, analysis.failedChecks]).toEqual(['hold', 0]);
    expect(say).toContain('no canary requests, though the primary had 5,400');
  });

  it('is a failed check with noData: fail, and enough of them roll back', () => {
    const spec = specOf({ noData: 'fail', threshold: 2 });
    let analysis: AnalysisState | undefined;
    const decisions = [1, 2, 3].map((at) => {
      const result = tick({ spec, analysis, at, periods: [period(at - 1)] });
      analysis = result.analysis;
      return result.decision;
    });
    expect(decisions).toEqual(['hold', 'hold', 'rollBack']);
  });
});

describe('what does not compare', () => {
  it('more canary traffic than its weight holds, and is not learned from (I10)', () => {
    const unrouted = period(0, counts(3000, 900), counts(5400));
    const { decision, say, events, analysis } = tick({ periods: [unrouted] });
    expect(decision).toBe('hold');
    expect(say).toContain('unrouted traffic reaches the canary (35.7 % of all requests at a weight of 10 %)');
    expect(events[0]?.text).toContain('Halt podinfo.test advancement unrouted traffic reaches the canary');
    expect(analysis.sequential?.state.evidence).toBeCloseTo(1, 6);
  });

  it('an incident of both holds and blames neither', () => {
    const { decision, say } = tick({ periods: [period(0, counts(600, 30), counts(5400, 270))] });
    expect(decision).toBe('hold');
    expect(say).toContain('a shared incident');
  });

  it('a primary that fails alone is not called a shared incident', () => {
    const { say } = tick({ periods: [period(0, counts(600), counts(5400, 540))] });
    expect(say).toContain('the primary itself is beyond a limit');
  });

  it('percentiles without counts hold a canary beyond the limit, and never roll back', () => {
    const only: Past = { ...past, latency: {}, percentilesOnly: true };
    const at = (n: number, ms: number) =>
      period(
        n,
        { requests: 600, failures: 0, percentiles: { 99: ms } },
        { requests: 5400, failures: 5, percentiles: { 99: 210 } },
      );
    const bad = through(
      Array.from({ length: 15 }, (_, n) => at(n, 900)),
      { past: only },
    );
    expect(new Set(bad.map(({ decision }) => decision))).toEqual(new Set(['hold']));
    expect(bad.at(-1)?.say).toContain(
      "request-duration: P99 is 900 ms, primary's 210 ms (at most 500 ms wanted)",
    );
    expect(tick({ past: only, periods: [at(0, 300)] }).decision).toBe('advance');
  });
});

describe('the judge that advises', () => {
  const spec = specOf({ advisory: 'threshold', threshold: 1 });
  const bad = period(0, counts(600, 12));

  it('is recorded and shown, and nothing follows from it', () => {
    const alone = tick({ spec: specOf(), periods: [period(0, counts(600, 1))] });
    const advised = tick({ spec, periods: [period(0, counts(600, 1))] });
    expect(advised.decision).toBe(alone.decision);
    expect(advised.analysis.advisory).toMatchObject({
      judge: 'threshold',
      says: { decision: 'advance', weight: 50 },
    });
  });

  it('says once where it would have ended, and is silent after', () => {
    const lenient = specOf({ advisory: 'threshold', threshold: 1, sequential: { alpha: 0.0001 } });
    const ticks = through([bad, period(1, counts(600, 1)), period(2, counts(600, 1))], { spec: lenient });
    expect(ticks[1]?.analysis.advisory?.decided).toMatchObject({
      decision: 'rollBack',
      at: minute(2),
      weight: 10,
    });
    expect(
      ticks.map(({ say }) => say.includes('The threshold judge, which only advises, would roll back now.')),
    ).toEqual([false, true, false]);
    expect(ticks.map(({ decision }) => decision)).not.toContain('rollBack');
  });

  it('works the other way round', () => {
    const other = exampleSpec({ analysis: { judge: 'threshold', advisory: 'sequential', threshold: 5 } });
    const { decision, analysis } = tick({ spec: other, periods: [period(0, counts(600, 300))] });
    expect(decision).toBe('hold');
    expect(analysis.advisory?.decided).toMatchObject({ decision: 'rollBack' });
  });
});
