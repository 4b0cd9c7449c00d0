import { type JudgeInput, judge } from '../judge/judge.ts';
import { freshState } from '../judge/take-in.ts';
import { steps } from '../plan.ts';
import type { JudgeCanaryResult } from '../tasks.ts';
import { hold } from './hold.ts';
import type { HoldInput } from './outcome.ts';
import { ready, type Stage } from './ready.ts';

/** All that a tick decides on: what the judge reads, and what may hold its verdict. */
export interface TickInput extends JudgeInput, Partial<Pick<HoldInput, 'frozen' | 'hooks' | 'stage'>> {}

const holding = (verdict: JudgeCanaryResult, input: TickInput): JudgeCanaryResult =>
  hold(verdict, {
    ...input,
    hooks: input.hooks ?? [],
    before: input.analysis ?? freshState(input.spec, input.shiftedAt),
  });

/** Decides a tick: the judge's verdict, unless a hook, a gate or a freeze holds it. The same input always gives the same result. */
export const decide = (input: TickInput): JudgeCanaryResult => holding(judge(input), input);

/** Decides before the canary has traffic, when there is nothing to judge: only people, hooks, gates and freezes are heard. */
export const decideBefore =
  (stage: Stage) =>
  (input: TickInput): JudgeCanaryResult =>
    holding(ready(input, stage, stage === 'rollout' ? 0 : (steps(input.spec)[0] ?? 100)), {
      ...input,
      stage,
    });
