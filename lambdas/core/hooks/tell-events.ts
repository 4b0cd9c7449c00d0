import type { Rollout, RolloutEvent } from '../rollout.ts';
import type { HookSpec } from '../spec/hooks.ts';
import { type Hooks, payloadOf } from './hooks.ts';

/** Events of one state, and when it was entered (ISO 8601): what hooks of type `event` have not heard yet. */
export interface UntoldEvents {
  readonly at: string;
  readonly events: readonly RolloutEvent[];
}

/** What Flagger records as a warning (facts: event format strings of Flagger 1.44). */
const WARNINGS =
  /^(Halt|Rolling back|Canary failed|Promotion of|Post-rollout hook|Rollback check) ?|not ready/;

/** The event's own keys come before a person's of the same name, as in Flagger. */
const metadataOf = (
  hook: HookSpec,
  { text }: RolloutEvent,
  at: string,
): Readonly<Record<string, string>> => ({
  ...hook.metadata,
  eventMessage: text,
  eventType: WARNINGS.test(text) ? 'Warning' : 'Normal',
  timestamp: String(Date.parse(at)),
});

/**
 * Tells the hooks of type `event` what happened, oldest first. Whatever they answer, the rollout goes on; one that does
 * not take an event is spared the rest of this round, so that a hook that hangs costs its timeout once.
 */
export const tellEvents = async (
  hooks: Hooks,
  rollout: Rollout,
  untold: readonly UntoldEvents[],
): Promise<void> => {
  for (const hook of rollout.spec.hooks) {
    if (hook.type !== 'event') continue;
    const told = untold.flatMap(({ at, events }) => events.map((event, index) => ({ at, event, index })));
    for (const { at, event, index } of told) {
      const payload = payloadOf(rollout, event.phase, metadataOf(hook, event, at));
      const idempotencyKey = `${rollout.execution.name}/${hook.name}/${at}/${index}`;
      const { passed } = await hooks.call(hook, { payload, idempotencyKey });
      if (!passed) break;
    }
  }
};
