import { type JudgeInput, judge } from '../judge/judge.ts';
import { freshState } from '../judge/take-in.ts';
import type { JudgeCanaryResult } from '../tasks.ts';
import { hold } from './hold.ts';
import type { HoldInput } from './outcome.ts';

/** All that a tick decides on: what the judge reads, and what may hold its verdict. */
export interface TickInput extends JudgeInput, Partial<Pick<HoldInput, 'frozen' | 'hooks'>> {}

/** Decides a tick: the judge's verdict, unless a hook, a gate or a freeze holds it. The same input always gives the same result. */
export const decide = (input: TickInput): JudgeCanaryResult =>
  hold(judge(input), {
    ...input,
    hooks: input.hooks ?? [],
    before: input.analysis ?? freshState(input.spec, input.shiftedAt),
  });
