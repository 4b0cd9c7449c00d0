import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Period } from '../../../../lambdas/core/evidence.ts';
import { judgeAgain, verdictRecord } from '../../../../lambdas/core/judge/again.ts';
import { type JudgeInput, judge } from '../../../../lambdas/core/judge/judge.ts';
import { steps } from '../../../../lambdas/core/plan.ts';
import type { AnalysisState, Answers, JudgeCanaryResult } from '../../../../lambdas/core/tasks.ts';
import { exampleSpec } from '../example-spec.ts';
import { minute } from './walk.ts';

const counts = fc.record(
  {
    requests: fc.nat(5000),
    failures: fc.nat(6000),
    timed: fc.nat(5000),
    slower: fc.constantFrom({}, { '500': 0 }, { '500': 3 }, { '500': 9000 }),
    percentiles: fc.constantFrom({}, { '99': 80 }, { '99': 900 }),
  },
  { requiredKeys: ['requests', 'failures'] },
);
const periodOf = (start: number) =>
  fc
    .record({ canary: counts, primary: counts }, { requiredKeys: [] })
    .map((sides): Period => ({ start: minute(start), end: minute(start + 1), ...sides }));
const answers: fc.Arbitrary<Answers> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        approval: fc.constantFrom('approved' as const, 'rejected' as const),
        by: fc.string({ maxLength: 40 }),
        abortedBy: fc.string({ maxLength: 40 }),
        promotedBy: fc.string({ maxLength: 40 }),
        pausedBy: fc.string({ maxLength: 40 }),
        supersededBy: fc.string({ maxLength: 128 }),
      },
      { requiredKeys: [] },
    ),
  },
);
const story = fc.array(
  fc.record({
    periods: fc
      .array(fc.integer({ min: -2, max: 2 }), { maxLength: 4 })
      .chain((offsets) => fc.tuple(...offsets.map((offset) => fc.tuple(fc.constant(offset), periodOf(0))))),
    answers,
    late: fc.constantFrom(0, 0, 0, 7, 90_000),
  }),
  { minLength: 1, maxLength: 12 },
);
const specs = fc
  .record({
    onInconclusive: fc.constantFrom('ask', 'rollBack', 'promote'),
    noData: fc.constantFrom('inconclusive', 'fail'),
    threshold: fc.integer({ min: 1, max: 4 }),
    deadline: fc.constantFrom('12m', '60m'),
  })
  .chain((analysis) =>
    fc.constantFrom(0, 45, 60).map((settle) => exampleSpec({ analysis, settle, delay: 60 })),
  );

interface Seen {
  readonly input: JudgeInput;
  readonly result: JudgeCanaryResult;
}

/** Plays a story tick by tick, as the machine would, and hands every tick to a check. */
const play = (
  spec: JudgeInput['spec'],
  told: readonly {
    periods: readonly (readonly [number, Period])[];
    answers: Answers;
    late: number;
  }[],
  check: (seen: Seen) => void,
) => {
  let weight = steps(spec)[0] ?? 0;
  let shiftedAt = minute(0.4);
  let analysis: AnalysisState | undefined;
  let at = 1;
  for (const { periods, answers: given, late } of told) {
    at += 1 + late / 60;
    const present = Math.floor(at);
    const input: JudgeInput = {
      spec,
      weight,
      analysis,
      periods: periods.map(([offset, one]) => ({
        ...one,
        start: minute(present - 2 + offset),
        end: minute(present - 1 + offset),
      })),
      shiftedAt,
      now: minute(at),
      answers: given,
      approval: 'question',
    };
    const result = judge(input);
    check({ input, result });
    analysis = result.analysis;
    if (result.decision === 'advance') {
      weight = result.weight;
      shiftedAt = minute(at);
    } else if (result.decision !== 'hold' && result.decision !== 'ask') return;
  }
};

const runs = { numRuns: 300 };

describe('whatever the evidence', () => {
  it('no increase and no promotion comes without proof or a person', () => {
    fc.assert(
      fc.property(specs, story, (spec, told) => {
        play(spec, told, ({ input, result }) => {
          if (result.decision !== 'advance' && result.decision !== 'promote') return;
          const { promotedBy, approval } = input.answers;
          const person = promotedBy !== undefined || (approval === 'approved' && input.analysis?.asked);
          if (result.decision === 'promote' && person) return;
          expect(result.analysis.passedChecks).toBeGreaterThan(0);
          expect(result.analysis.lastCheck).toBe('passed');
          expect(result.analysis.canary.requests).toBeGreaterThan(0);
          if (result.decision === 'advance')
            expect(result.analysis.passedChecks).toBeGreaterThan(input.analysis?.passedChecks ?? 0);
        });
      }),
      runs,
    );
  });

  it('no rollback comes without enough failed checks, a person, or a deadline', () => {
    fc.assert(
      fc.property(specs, story, (spec, told) => {
        play(spec, told, ({ input, result }) => {
          if (result.decision !== 'rollBack') return;
          const failed = (input.analysis?.failedChecks ?? 0) >= (spec.analysis.threshold ?? 0);
          const late = result.reason.startsWith('inconclusive:');
          expect(failed || late || input.answers.abortedBy !== undefined).toBe(true);
        });
      }),
      runs,
    );
  });

  it('failed checks never fall, results stay under 1 KB and states under 4 KB, waits within the interval', () => {
    fc.assert(
      fc.property(specs, story, (spec, told) => {
        play(spec, told, ({ input, result }) => {
          const { analysis, ...rest } = result;
          expect(analysis.failedChecks).toBeGreaterThanOrEqual(input.analysis?.failedChecks ?? 0);
          expect(Buffer.byteLength(JSON.stringify(rest))).toBeLessThan(1024);
          expect(Buffer.byteLength(JSON.stringify(analysis))).toBeLessThan(4096);
          expect(result.waitSeconds).toBeGreaterThanOrEqual(1);
          expect(result.waitSeconds).toBeLessThanOrEqual(spec.analysis.interval);
          expect(Number.isInteger(result.waitSeconds)).toBe(true);
        });
      }),
      runs,
    );
  });

  it('a verdict is the same when it is judged again from its record (I6)', () => {
    fc.assert(
      fc.property(specs, story, (spec, told) => {
        play(spec, told, ({ input, result }) => {
          const record = JSON.parse(JSON.stringify(verdictRecord(input, result)));
          const again = judgeAgain(record, spec);
          expect([again.decision, again.reason, again.say]).toEqual([
            record.decision,
            record.reason,
            record.say,
          ]);
        });
      }),
      runs,
    );
  });
});
