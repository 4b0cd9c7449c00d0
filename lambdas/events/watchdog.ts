import type { ServiceRecord } from '../core/record.ts';
import type { RescuePorts } from '../core/safety/rescue.ts';
import { watchService } from '../core/safety/watch.ts';
import type { RolloutStore } from '../core/store.ts';
import { rolloutStore } from '../runtime/ports.ts';
import { rescuePorts } from '../runtime/rescue-ports.ts';
import { task } from '../runtime/task.ts';

/** Looked at side by side; more would not fit the rates of Step Functions and App Mesh. */
const SIDE_BY_SIDE = 10;

/** Whether anything is to be watched: a lock, a request that waits, or what a late write may have changed. */
const busy = ({ claim, pending, freed }: ServiceRecord): boolean =>
  claim !== undefined || pending !== undefined || (freed?.left.length ?? 0) > 0;

/** Each minute: looks at every service that is locked or waits. One that fails does not keep the others from being seen. */
export const watchServices =
  (store: RolloutStore, portsFor: (record: ServiceRecord) => RescuePorts) =>
  async (now: string): Promise<Readonly<Record<string, string>>> => {
    const records = (await store.list()).filter(busy);
    const said: Record<string, string> = {};
    const look = async (record: ServiceRecord) => {
      said[record.service] = await watchService(portsFor(record), record, now).catch(
        (error: Error) => `${error.name}: ${error.message}`,
      );
    };
    for (let first = 0; first < records.length; first += SIDE_BY_SIDE) {
      await Promise.all(records.slice(first, first + SIDE_BY_SIDE).map(look));
    }
    return said;
  };

export const handler = task(async (event: { readonly time?: string }, tools) => {
  const now = new Date(event.time ?? Date.now()).toISOString();
  const said = await watchServices(rolloutStore(), ({ claim, pending, freed }) => {
    const input = claim?.input ?? freed?.claim.input ?? pending;
    if (input === undefined) throw new Error('a service that nothing is known of is not watched');
    return rescuePorts(input, tools);
  })(now);
  for (const [service, say] of Object.entries(said)) tools.logger.info(say, { service_target: service });
  return said;
});
