import { CanaryError, ErrorName } from '../errors.ts';
import type { Announcer } from '../ports.ts';
import type { Told } from '../tasks.ts';
import type { Message } from './announcement.ts';

/**
 * Sends a message every way there is; one that fails does not stop the others, and is named in `say`.
 * Throws Canary.Transient where all of them failed.
 */
export const announceAll = async (
  announcers: readonly Announcer[],
  message: Message,
  notice: (text: string, error: unknown) => void = () => {},
): Promise<Told> => {
  const results = await Promise.allSettled(announcers.map((announcer) => announcer.send(message)));
  const failed: string[] = [];
  const sent: string[] = [];
  for (const [index, result] of results.entries()) {
    const name = announcers[index]?.name ?? '';
    if (result.status === 'fulfilled') {
      sent.push(name);
      continue;
    }
    const why = result.reason instanceof Error ? result.reason.message : String(result.reason);
    failed.push(`${name}: ${why}`);
    notice(`${name} was not told`, result.reason);
  }
  if (announcers.length > 0 && sent.length === 0)
    throw new CanaryError(ErrorName.Transient, `nobody was told: ${failed.join('; ')}`);
  const by = announcers.length === 0 ? 'nobody, as the spec wants' : sent.join(' and ');
  const missed = failed.length > 0 ? `; not ${failed.join('; ')}` : '';
  return { say: `Told ${by}: ${message.title}${missed}.`, events: [] };
};
