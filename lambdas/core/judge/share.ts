import type { RolloutSpec } from '../spec/schema.ts';
import { abOf } from '../spec/strategy.ts';
import type { AnalysisState } from '../tasks.ts';
import { iterationInWords, iterationOf } from './iterations.ts';

/** What the canary's requests are a share of, as a tick's sentence begins: `5 %`, and with A/B whose requests they are. */
export const shareInWords = (
  spec: RolloutSpec,
  weight: number,
  state: Pick<AnalysisState, 'iteration'>,
): string =>
  abOf(spec) === undefined
    ? `${weight} %`
    : `Matched requests, ${iterationInWords(spec, iterationOf(state))}`;

/** The primary beside the canary, as a sentence names it. */
export const primaryInWords = (spec: RolloutSpec): string =>
  abOf(spec) === undefined ? 'primary' : 'all others, on the primary:';

/** Why a canary may have no requests although the primary has. */
export const silenceInWords = (spec: RolloutSpec): string =>
  abOf(spec) === undefined
    ? 'the route may not reach the canary'
    : 'nobody sends what strategy.ab.match asks for';
