import type { OutsideEvent } from './observed/outside-events.ts';
import type { RehearsedRollout, TimedEvent } from './result.ts';

/** A phase before anything was released. */
const FIRST = 'Initialized';

/** The phase of the service after `at`: what the newest rollout told of by then, or how it came out once it has ended. */
const phaseAt = (at: number, rollouts: readonly RehearsedRollout[]): string => {
  const newest = rollouts.findLast(({ execution, startedAt }) => execution !== null && startedAt <= at);
  if (newest === undefined) return FIRST;
  if (newest.endedAt !== null && newest.endedAt <= at)
    return newest.outcome === 'promoted' ? 'Succeeded' : 'Failed';
  return newest.events.findLast((event) => event.at <= at)?.phase ?? FIRST;
};

/** What happened outside any rollout, with the phase that the service was in after it. */
export const withPhases = (
  events: readonly OutsideEvent[],
  rollouts: readonly RehearsedRollout[],
): TimedEvent[] => events.map(({ at, text }) => ({ at, phase: phaseAt(at, rollouts), text }));
