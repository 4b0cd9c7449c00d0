import type { RolloutEvent } from '../rollout.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { AnalysisState, Decision, JudgeCanaryResult } from '../tasks.ts';
import { waitForNext } from './cadence.ts';
import { eventName } from './check.ts';
import { iterationEvents } from './iterations.ts';
import type { JudgeInput } from './judge-input.ts';
import { concluded, type Ruling, rule } from './rules.ts';
import { sentence } from './sentence.ts';
import { freshState, type Taken, takeIn } from './take-in.ts';

/** The events that a tick may tell of: a late source can hand over hours at once, and a result stays under 1 KB. */
const MOST_HALTS = 2;

const halts = (taken: Taken, asked: boolean): RolloutEvent[] =>
  [...taken.checks, ...(taken.empty ? [taken.empty] : [])]
    .flatMap(({ halt }) => (halt === undefined ? [] : [halt]))
    .slice(-MOST_HALTS)
    .map((text) => ({ phase: asked ? 'WaitingPromotion' : 'Progressing', text }));

const eventOf = (spec: RolloutSpec, ruling: Ruling): RolloutEvent[] => {
  const name = eventName(spec);
  const texts: Partial<Record<Decision, RolloutEvent>> = {
    rollBack: { phase: 'Failed', text: `Rolling back ${name} ${ruling.inEvent ?? ruling.reason}` },
    reject: { phase: 'Failed', text: `Rolling back ${name} ${ruling.reason}` },
    supersede: {
      phase: 'Progressing',
      text: `New revision detected! Restarting analysis for ${name}`,
    },
    ask: {
      phase: 'WaitingPromotion',
      text: `Halt ${name} advancement waiting for promotion approval deadline`,
    },
  };
  const event = texts[ruling.decision];
  return event === undefined ? [] : [event];
};

/**
 * The `threshold` judge: Flagger's rule on finished periods, each taken once. The first violated metric fails a check,
 * failed checks are never taken back, and the rollback comes one tick after the last one allowed. Other than Flagger, no
 * data decides nothing (I2), and only a whole period at the present weight, after `settle`, with routed canary requests
 * raises the weight or promotes. Where a strategy counts iterations, such a tick begins the next.
 */
export const judgeThreshold = (input: JudgeInput): JudgeCanaryResult => {
  const { spec, weight, now } = input;
  const before = input.analysis ?? freshState(spec, input.shiftedAt);
  const taken = takeIn(input);
  const ruling = rule({ ...input, before, taken });
  const { iteration } = ruling;
  const state = {
    ...concluded(taken.state, before, ruling),
    ...(iteration !== undefined && { iteration }),
  };
  const analysis: AnalysisState =
    ruling.decision === 'ask' ? { ...state, asked: { approval: input.approval, at: now } } : state;
  return {
    decision: ruling.decision,
    reason: ruling.reason,
    weight: ruling.weight ?? weight,
    waitSeconds: waitForNext(spec, analysis, now),
    analysis,
    say: `${input.unread === undefined ? '' : `Metrics could not be read (${input.unread}). `}${sentence(spec, weight, before, taken, ruling)}`,
    events: [
      ...halts(taken, analysis.asked !== undefined),
      ...iterationEvents(spec, before, iteration),
      ...eventOf(spec, ruling),
    ],
  };
};
