import { eventName } from '../judge/check.ts';
import type { JudgeInput } from '../judge/judge.ts';
import { freshState } from '../judge/take-in.ts';
import type { RolloutEvent } from '../rollout.ts';
import type { AnalysisState, JudgeCanaryResult } from '../tasks.ts';

/** Before the first write, or before the canary gets its first traffic. */
export type Stage = 'rollout' | 'traffic';

/** Looks come more seldom the longer it takes, up to this: nothing is at stake while the canary has no traffic. */
const LONGEST_WAIT_SECONDS = 1800;
/** A look after each twentieth of the time waited so far: who has waited for an hour waits three minutes more. */
const LOOKS = 20;

/** Seconds until the next look, for what has waited since a time (ISO 8601): the interval at first. */
export const waitBetweenLooks = (interval: number, since: string, now: string): number => {
  const waited = (Date.parse(now) - Date.parse(since)) / 1000;
  return Math.max(interval, Math.min(LONGEST_WAIT_SECONDS, Math.floor(waited / LOOKS)));
};

/** What people and newer releases have said against going on. */
const stopped = ({ spec, answers }: JudgeInput) => {
  const { abortedBy, supersededBy } = answers;
  const name = eventName(spec);
  if (abortedBy !== undefined) {
    const reason = `aborted by ${abortedBy}`;
    const event: RolloutEvent = { phase: 'Failed', text: `Rolling back ${name} ${reason}` };
    return { decision: 'rollBack' as const, reason, say: `Not going on: ${reason}.`, events: [event] };
  }
  if (supersededBy === undefined) return undefined;
  const reason = `superseded by ${supersededBy}`;
  const text = `New revision detected! Restarting analysis for ${name}`;
  const event: RolloutEvent = { phase: 'Progressing', text };
  return { decision: 'supersede' as const, reason, say: `Making room: ${reason}.`, events: [event] };
};

/** A rollout that may go on, as far as people and newer releases have their say: `next` percent come next, 0 before the first write. */
export const ready = (input: JudgeInput, stage: Stage, next: number): JudgeCanaryResult => {
  const { spec, analysis, answers, now, weight } = input;
  const before = analysis ?? freshState(spec, now);
  const state: AnalysisState = { ...before, ticks: before.ticks + 1 };
  const waitSeconds = waitBetweenLooks(spec.analysis.interval, before.startedAt, now);
  const result = { reason: '', weight, analysis: state, waitSeconds, events: [] };
  const stop = stopped(input);
  if (stop !== undefined) return { ...result, ...stop };
  if (answers.pausedBy !== undefined)
    return { ...result, decision: 'hold', say: `Waiting: paused by ${answers.pausedBy}.` };
  if (stage === 'rollout')
    return { ...result, decision: 'advance', weight: next, say: 'The rollout can begin.' };
  // Told at each look, as Flagger does while its canary waits at weight 0.
  const text = `Starting canary analysis for ${eventName(spec)}`;
  const say = next === 0 ? 'The canary is ready to be tested.' : `The canary is ready for ${next} %.`;
  return { ...result, decision: 'advance', weight: next, say, events: [{ phase: 'Progressing', text }] };
};
