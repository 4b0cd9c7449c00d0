import { announceAll } from './core/messages/announce-all.ts';
import { announcement, linksOf } from './core/messages/announcement.ts';
import type { Announcer } from './core/ports.ts';
import { reasonOf } from './core/safety/failure.ts';
import type { AnnounceResult, AnnounceTask } from './core/tasks.ts';
import { announcersOf } from './runtime/announcers.ts';
import { environment } from './runtime/environment.ts';
import { task } from './runtime/task.ts';

/**
 * States "Announce start", "Ask before starting", "Ask before traffic", "Ask a person", "Announce success", "Announce rollback", "Announce refusal",
 * "Announce failed promotion", "Announce failed retirement" and "Page for rescue": tells people, by every way that the
 * spec names.
 */
export const announce = async (
  announcers: readonly Announcer[],
  input: AnnounceTask,
  notice?: (text: string, error: unknown) => void,
  runbook?: string,
): Promise<AnnounceResult> => ({
  ...(await announceAll(
    announcers,
    announcement(input, linksOf(input.rollout.execution.arn, runbook)),
    notice,
  )),
  reason: reasonOf(input),
});

export const handler = task((input: AnnounceTask, { logger }) =>
  announce(
    announcersOf(input.rollout),
    input,
    (text, error) => logger.warn(text, { error: error instanceof Error ? error : String(error) }),
    environment('RUNBOOK'),
  ),
);
