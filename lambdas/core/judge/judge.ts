import type { JudgeName } from '../spec/analysis.ts';
import { beforeSwitch, blueGreenOf } from '../spec/strategy.ts';
import type { AdvisoryState, AnalysisState, JudgeCanaryResult } from '../tasks.ts';
import { judgeBeforeSwitch } from './before-switch.ts';
import type { JudgeInput } from './judge-input.ts';
import { judgeThreshold } from './judge-threshold.ts';
import { latencyOf, settingsOf } from './sequential/from-spec.ts';
import { judgeSequential } from './sequential/judge-sequential.ts';

export type { JudgeInput } from './judge-input.ts';

const bySpec = (input: JudgeInput): JudgeCanaryResult => {
  const { spec, past } = input;
  return judgeSequential({
    ...input,
    settings: settingsOf(spec, past),
    latency: latencyOf(spec, past),
    mode: spec.analysis.mode,
    history: {},
  });
};

const JUDGES: Readonly<Record<JudgeName, (input: JudgeInput) => JudgeCanaryResult>> = {
  sequential: bySpec,
  threshold: judgeThreshold,
};

/** What ends a rollout by evidence: an advisory judge is done once it has said it. */
const FINAL: readonly string[] = ['promote', 'rollBack'];

const withoutState = ({ state: _state, ...rest }: AdvisoryState): AdvisoryState => rest;

/**
 * What the other judge makes of the same tick, at the weights that the acting one gave. It hears nobody and asks nobody;
 * what it would have done with the traffic is not known.
 */
const advise = (input: JudgeInput, judge: JudgeName): AdvisoryState => {
  const before = input.analysis?.advisory;
  if (before?.decided !== undefined) return withoutState(before);
  const { advisory: _beside, ...analysis } = input.spec.analysis;
  const {
    decision,
    reason,
    say,
    weight,
    analysis: state,
  } = JUDGES[judge]({
    ...input,
    spec: { ...input.spec, analysis: { ...analysis, judge, onInconclusive: 'rollBack' } },
    analysis: before?.state,
    answers: {},
  });
  return FINAL.includes(decision)
    ? { judge, decided: { decision, reason, say, at: input.now, weight: input.weight } }
    : { judge, says: { decision, weight }, state };
};

/** One sentence at the tick at which the advisory judge comes to its end. */
const newlyDecided = (before: AnalysisState | null | undefined, after: AdvisoryState): string => {
  if (after.decided === undefined || before?.advisory?.decided !== undefined) return '';
  const would = after.decided.decision === 'promote' ? 'promote' : 'roll back';
  return ` The ${after.judge} judge, which only advises, would ${would} now.`;
};

/** Decides a tick, by the judge that the spec names. The same input always gives the same verdict. */
export const judge = (input: JudgeInput): JudgeCanaryResult => {
  const { spec, weight } = input;
  const { judge: acting, advisory } = spec.analysis;
  if (beforeSwitch(spec, weight))
    return blueGreenOf(spec)?.countUnrouted === true ? JUDGES[acting](input) : judgeBeforeSwitch(input);
  const verdict = JUDGES[acting](input);
  if (advisory === undefined) return verdict;
  const beside = advise(input, advisory);
  return {
    ...verdict,
    analysis: { ...verdict.analysis, advisory: beside },
    say: `${verdict.say}${newlyDecided(input.analysis, beside)}`,
  };
};
