import { answersOf, askPerson, questionOf } from '../claim/answers.ts';
import { amendClaim, ownClaim } from '../claim/claim.ts';
import { type Hooks, hasHooks } from '../hooks/hooks.ts';
import type { Held, RunHooksResult, RunHooksTask } from '../hooks/task.ts';
import { tickHooks } from '../hooks/tick-hooks.ts';
import { verdictRecord } from '../judge/again.ts';
import { waitForTick } from '../judge/cadence.ts';
import { freshState } from '../judge/take-in.ts';
import type { ServiceRecord } from '../record.ts';
import { formatDuration } from '../spec/duration.ts';
import { courseOf } from '../spec/strategy.ts';
import type { RolloutStore } from '../store.ts';
import type { AnalysisState, Answers, JudgeCanaryResult } from '../tasks.ts';
import { decideBefore, type TickInput } from './decide.ts';
import { decideHolding } from './decide-holding.ts';
import type { Stage } from './ready.ts';
import { analysedSeconds } from './state.ts';

/** A rollout that has touched nothing waits a week at most; an execution ends after nine days. */
const MOST_WAITING_SECONDS = 7 * 86_400;

/** The state of this stage; one that another stage has left behind only goes on counting its looks. */
const stateAt = ({ rollout, held, stage, now }: RunHooksTask): AnalysisState | undefined => {
  if (held == null) return undefined;
  return held.stage === stage ? held.state : { ...freshState(rollout.spec, now), ticks: held.state.ticks };
};

/** Nothing is touched yet, so a newer release always takes this one's place. */
const answersAt = (
  record: ServiceRecord,
  { rollout, stage }: RunHooksTask,
  state: AnalysisState | undefined,
): Answers => {
  const answers = answersOf(record, rollout, questionOf(state));
  const newer = stage === 'rollout' ? record.pending?.release.tag : undefined;
  return newer === undefined ? answers : { ...answers, supersededBy: newer };
};

/** What has waited too long ends: before the first write by itself, with a canary that runs at the analysis' deadline. */
const ended = (stage: Stage, verdict: JudgeCanaryResult, { spec, now }: TickInput): JudgeCanaryResult => {
  const most = stage === 'rollout' ? MOST_WAITING_SECONDS : spec.analysis.deadline;
  const waiting = verdict.decision === 'hold' || verdict.decision === 'ask';
  if (!waiting || analysedSeconds(verdict.analysis, now) < most) return verdict;
  const reason = `nothing went on within ${formatDuration(most)} before the ${stage === 'rollout' ? 'rollout' : 'first traffic'}: ${verdict.say}`;
  return { ...verdict, decision: stage === 'rollout' ? 'reject' : 'rollBack', reason };
};

/** Waiting shows as such; what goes on again does not. */
const showPhase = async (
  store: RolloutStore,
  { rollout, generation }: RunHooksTask,
  waiting: boolean,
): Promise<void> => {
  const { service, execution } = rollout;
  const phase = waiting ? 'Waiting' : 'Initialized';
  await store.update(service, (record) =>
    amendClaim(record, { execution: execution.arn, generation }, { phase }),
  );
};

/** Nothing was held, ever: such a rollout leaves no trace of this look. */
const uneventful = (verdict: JudgeCanaryResult, asked: TickInput): boolean =>
  verdict.decision === 'advance' && asked.analysis == null && (asked.hooks ?? []).length === 0;

/** With `onTick` the first share waits for the next tick; who waits for something else looks at ticks anyway. */
const beforeTick = ({ rollout, stage, held, now }: RunHooksTask): RunHooksResult | undefined => {
  const { spec } = rollout;
  const waitSeconds = stage === 'traffic' && courseOf(spec).onTick === true ? waitForTick(spec, now) : 0;
  if (waitSeconds === 0) return undefined;
  const say = `Traffic begins with the next tick, in ${formatDuration(waitSeconds)}.`;
  const hooksAfter = hasHooks(rollout, 'post-rollout');
  return { decision: 'hold', reason: '', say, events: [], waitSeconds, held: held ?? null, hooksAfter };
};

/**
 * One look before the canary has traffic: before the first write, or before the first step. Hears people, newer releases,
 * freezes, gates and hooks, and records what it decided with what it heard (I6).
 */
export const beforeTraffic = async (
  store: RolloutStore,
  hooks: Hooks,
  task: RunHooksTask & { readonly stage: Stage },
  newId: () => string,
): Promise<RunHooksResult> => {
  const { rollout, generation, stage, now } = task;
  const { spec, service, execution } = rollout;
  const record = await store.read(service);
  ownClaim(record, execution.arn, generation);
  const early = beforeTick(task);
  if (early !== undefined) return early;
  const state = stateAt(task);
  const input: TickInput = {
    spec,
    stage,
    weight: 0,
    analysis: state,
    periods: [],
    shiftedAt: now,
    now,
    answers: answersAt(record, task, state),
    approval: newId(),
    hooks: stage === 'traffic' ? await tickHooks(hooks, rollout, state, now, 'pre-rollout') : [],
  };
  const ports = { store, hooks, rollout, record, decide: decideBefore(stage) };
  const decided = await decideHolding(input, ports);
  const verdict = ended(stage, decided.verdict, input);
  const { decision, reason, say, events, waitSeconds, analysis } = verdict;
  const quiet = uneventful(verdict, decided.asked);
  if (!quiet) {
    await store.putVerdict(service, execution.arn, { ...verdictRecord(decided.asked, verdict), stage });
    if (decision === 'ask')
      await store.update(service, (current) => askPerson(current, execution.arn, questionOf(analysis)));
    if (stage === 'rollout') await showPhase(store, task, decision === 'hold' || decision === 'ask');
  }
  const held: Held | null = quiet ? (task.held ?? null) : { stage, state: analysis };
  return {
    decision,
    reason,
    say,
    events,
    waitSeconds,
    held,
    hooksAfter: hasHooks(rollout, 'post-rollout') || hasHooks(rollout, 'event'),
  };
};

/** The state that the judge begins with: the checks that hooks failed and the gates that were opened before the first step. */
export const judgedFrom = (held: Held | null | undefined, fresh: AnalysisState): AnalysisState | null => {
  if (held == null) return null;
  const { ticks, failedChecks, holds } = held.state;
  if (held.stage === 'rollout') return { ...fresh, ticks };
  // The deadline counts from the first shift: what gates took before is over.
  const { gateSeconds: _, ...kept } = holds ?? {};
  return { ...fresh, ticks, failedChecks, holds: kept };
};
