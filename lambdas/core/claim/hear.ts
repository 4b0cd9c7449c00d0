import { CanaryError, ErrorName } from '../errors.ts';
import { eventName } from '../judge/check.ts';
import type { ServiceRecord } from '../record.ts';
import type { Rollout, RolloutEvent } from '../rollout.ts';
import type { HearPeopleResult } from '../tasks.ts';
import { answersOf } from './answers.ts';

/** Flagger's words for a newer revision, whatever the canary is at. */
const restarting = ({ spec }: Rollout): RolloutEvent => ({
  phase: 'Progressing',
  text: `New revision detected! Restarting analysis for ${eventName(spec)}`,
});

/** What is heard while pods start, when nothing is judged: undoing at once, a pause when the pods are there. */
export const heardWhileWaiting = (record: ServiceRecord, rollout: Rollout): HearPeopleResult => {
  const { abortedBy, supersededBy, pausedBy } = answersOf(record, rollout, undefined);
  const undo = (
    decision: 'rollBack' | 'supersede',
    reason: string,
    events: HearPeopleResult['events'] = [],
  ): HearPeopleResult => ({ decision, reason, paused: false, say: `${reason}: rolling back`, events });
  if (abortedBy !== undefined) return undo('rollBack', `aborted by ${abortedBy}`);
  if (supersededBy !== undefined)
    return undo('supersede', `superseded by ${supersededBy}`, [restarting(rollout)]);
  return {
    decision: 'hold',
    reason: '',
    paused: pausedBy !== undefined,
    say:
      pausedBy === undefined ? 'Nobody says otherwise' : `paused by ${pausedBy}: no step until it is resumed`,
    events: [],
  };
};

/**
 * Throws Canary.Aborted where an abort came before the primary was about to change: in the same write as that, so that
 * one of the two is first. From then on an abort is refused where it is given.
 */
export const assertNotAborted = (record: ServiceRecord, rollout: Rollout): void => {
  const { abortedBy } = answersOf(record, rollout, undefined);
  if (abortedBy !== undefined) throw new CanaryError(ErrorName.Aborted, `aborted by ${abortedBy}`);
};
