import type { Counts, Period } from '../../../../lambdas/core/evidence.ts';
import { type JudgeInput, judge } from '../../../../lambdas/core/judge/judge.ts';
import { steps } from '../../../../lambdas/core/plan.ts';
import type { RolloutSpec } from '../../../../lambdas/core/spec/schema.ts';
import type { Answers, JudgeCanaryResult } from '../../../../lambdas/core/tasks.ts';
import { exampleSpec } from '../example-spec.ts';

export const START = Date.parse('2026-11-21T12:00:00Z');
/** ISO time of a minute after the start. */
export const minute = (n: number): string => new Date(START + n * 60_000).toISOString();

/** A canary's minute: failures of requests, and how many of them took over 500 ms. */
export const canaryCounts = (requests: number, failures = 0, slow = 0): Counts => ({
  requests,
  failures,
  timed: requests,
  slower: { '500': slow },
});

/** The minute that begins `n` minutes after the start, with a primary at the rest of 6,000 requests. */
export const period = (n: number, canary?: Counts, primary = 6000 - (canary?.requests ?? 0)): Period => ({
  start: minute(n),
  end: minute(n + 1),
  ...(canary && { canary }),
  primary: { requests: primary, failures: 6, timed: primary, slower: { '500': 0 } },
});

export const GOOD = 'good';
export const BAD = 'bad';
export const SLOW = 'slow';
export const NONE = 'none';

const countsOf = (kind: string, weight: number): Counts | undefined => {
  const requests = weight * 60;
  if (kind === NONE) return undefined;
  if (kind === BAD) return canaryCounts(requests, Math.round(requests * 0.3083));
  return canaryCounts(requests, 0, kind === SLOW ? Math.round(requests / 20) : 0);
};

export interface Walked {
  readonly ticks: readonly JudgeCanaryResult[];
  readonly weights: readonly number[];
  readonly texts: readonly string[];
}

/** Runs ticks a minute apart until a decision ends it: `minutes` says what each minute of the canary was like. */
export const walk = (
  spec: RolloutSpec,
  minutes: readonly string[],
  answersAt: (tick: number) => Answers = () => ({}),
): Walked => {
  let weight = steps(spec)[0] ?? 0;
  let shiftedAt = minute(0);
  const ticks: JudgeCanaryResult[] = [];
  const weights = [weight];
  const periods: Period[] = [];
  for (const [index, kind] of minutes.entries()) {
    periods.push(period(index, countsOf(kind, weight)));
    const input: JudgeInput = {
      spec,
      weight,
      analysis: ticks.at(-1)?.analysis,
      periods,
      shiftedAt,
      now: minute(index + 1),
      answers: answersAt(index + 1),
      approval: 'question-1',
    };
    const result = judge(input);
    ticks.push(result);
    if (result.decision === 'advance') {
      weight = result.weight;
      shiftedAt = minute(index + 1);
      weights.push(weight);
    } else if (result.decision !== 'hold' && result.decision !== 'ask') break;
  }
  return { ticks, weights, texts: ticks.flatMap(({ events }) => events.map(({ text }) => text)) };
};

/** One tick at 10 %, a minute after the first shift. */
export const tick = (change: Partial<JudgeInput>) =>
  judge({
    spec: exampleSpec(),
    weight: 10,
    periods: [],
    shiftedAt: minute(0),
    now: minute(1),
    answers: {},
    approval: 'question-1',
    ...change,
  });
