/** The `sequential` judge: the canary against the primary over the same ticks, valid however often one looks. */
import { sourceTiming } from '../../spec/source.ts';
import type { AnalysisState, JudgeCanaryResult } from '../../tasks.ts';
import { waitForNext } from '../cadence.ts';
import { checkPeriod } from '../check.ts';
import { iterationEvents } from '../iterations.ts';
import { advanceNumbers, numberGate } from '../numbers.ts';
import { concluded } from '../rules.ts';
import { countIn, emptyDue, freshState, newPeriods } from '../take-in.ts';
import type { Case, SequentialInput } from './case.ts';
import { withoutNonsense } from './from-period.ts';
import { iterationBegun } from './iteration.ts';
import { percentileGate } from './percentile-gate.ts';
import { forStorage } from './round.ts';
import { ruleSequential } from './rules.ts';
import { eventsOf, sentenceOf } from './say.ts';
import { begin, beginFrom } from './state.ts';
import { finding } from './step.ts';
import { NO_SUSPICION } from './suspicion.ts';
import { type Carried, takeTicks } from './take-ticks.ts';

export type { SequentialInput } from './case.ts';

/** The analysis with the sequential judge's own state in it. */
export interface SequentialAnalysis extends AnalysisState {
  readonly sequential: Carried;
}

export interface SequentialResult extends JudgeCanaryResult {
  readonly analysis: SequentialAnalysis;
}

const fresh = ({ settings, history, requestsPerTick, past, shiftedAt }: SequentialInput): Carried => ({
  state: past === undefined ? begin(settings, history, requestsPerTick) : beginFrom(settings, past),
  suspicion: NO_SUSPICION,
  atWeight: { since: shiftedAt, ticks: 0 },
});

/** A due period without canary data: told once, and with `noData: fail` a failed check (Flagger's way). */
const withoutData = (
  { spec, now, unread, periods }: SequentialInput,
  state: AnalysisState,
  isNew: boolean,
): Pick<Case, 'state' | 'empty' | 'primaryAlone'> => {
  const until = isNew || unread !== undefined ? undefined : emptyDue(spec, state, now);
  if (until === undefined) return { state };
  const period = periods.find(({ end }) => Date.parse(end) === until);
  // Without `noData: fail` nothing is counted here: numbers gate, and have a count of their own.
  const { halt, verdict } = checkPeriod(spec, undefined, period?.numbers);
  const failed = verdict === 'failed' && spec.analysis.noData === 'fail' ? 1 : 0;
  const primaryAlone = period?.primary?.requests;
  return {
    state: {
      ...state,
      failedChecks: state.failedChecks + failed,
      emptyUntil: new Date(until).toISOString(),
    },
    ...(halt !== undefined && { empty: halt }),
    ...(primaryAlone !== undefined && { primaryAlone }),
  };
};

/** Takes in what is new and says what it means. */
const caseOf = (input: SequentialInput): Case => {
  const { spec, now, shiftedAt, settings, latency, past } = input;
  const before = input.analysis ?? freshState(spec, shiftedAt);
  const periods = newPeriods(spec, before, input.periods.map(withoutNonsense), now);
  const ticks = takeTicks(input, input.analysis?.sequential ?? fresh(input), periods);
  const { state: counted, canary, primary } = countIn(before, periods, shiftedAt);
  const numbers = advanceNumbers(spec, before.numbers, periods);
  const taken: AnalysisState = { ...counted, ...(numbers && { numbers }) };
  const found = finding(settings, ticks.state);
  const told = {
    settings,
    latency,
    found,
    suspicion: ticks.suspicion,
    period: sourceTiming(spec.analysis).period,
  };
  const gate = past?.percentilesOnly ? percentileGate(spec, periods.at(-1)) : undefined;
  const number = numberGate(spec, numbers, input.periods.at(-1));
  return {
    input,
    ticks,
    told,
    before,
    canary,
    primary,
    ...withoutData(input, taken, periods.length > 0),
    ...(gate && { gate }),
    ...(number && { number }),
  };
};

/**
 * Judges a tick. The same input always gives the same verdict; a period that was taken in before changes nothing.
 * Rolls back at E >= 1/alpha, raises the weight while E < `hold`, promotes with proof only.
 */
export const judgeSequential = (input: SequentialInput): SequentialResult => {
  const on = caseOf(input);
  const ruling = ruleSequential(on);
  const { ticks, state } = on;
  const iteration = iterationBegun(on, ruling);
  const analysis: SequentialAnalysis = {
    ...concluded(state, on.before, ruling),
    ...(iteration !== undefined && { iteration }),
    ...(ruling.decision === 'ask' && { asked: { approval: input.approval, at: input.now } }),
    sequential: { state: forStorage(ticks.state), suspicion: ticks.suspicion, atWeight: ticks.atWeight },
  };
  return {
    decision: ruling.decision,
    reason: ruling.reason,
    weight: ruling.weight ?? input.weight,
    waitSeconds: waitForNext(input.spec, analysis, input.now),
    analysis,
    say: sentenceOf(on, ruling),
    events: [
      ...iterationEvents(input.spec, on.before, iteration),
      ...eventsOf({ ...on, state: analysis }, ruling),
    ],
  };
};
