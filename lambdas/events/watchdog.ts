import type { ServiceRecord } from '../core/record.ts';
import type { RescuePorts } from '../core/safety/ports.ts';
import { watchService } from '../core/safety/watch.ts';
import type { RolloutStore } from '../core/store.ts';
import { rolloutStore } from '../runtime/ports.ts';
import { rescuePorts } from '../runtime/rescue-ports.ts';
import { task } from '../runtime/task.ts';

/** Looked at side by side; more would not fit the rates of Step Functions and App Mesh. */
const SIDE_BY_SIDE = 10;
const MINUTE_MS = 60_000;

/** Whether anything is to be watched: a lock, a request that waits, or what a late write may have changed. */
const busy = ({ claim, pending, freed }: ServiceRecord): boolean =>
  claim !== undefined || pending !== undefined || (freed?.left.length ?? 0) > 0;

/** Begins with another one each minute: where time runs out on slow ones, nobody is left out for long. */
const rotated = <T>(list: readonly T[], now: string): readonly T[] => {
  const first = list.length === 0 ? 0 : Math.floor(Date.parse(now) / MINUTE_MS) % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
};

/** What the watchdog does with each service. */
export interface WatchPorts {
  readonly store: RolloutStore;
  readonly portsFor: (record: ServiceRecord) => RescuePorts;
  /** Hears of each look as it ends, for the invocation may not live to the last one. */
  readonly saw: (service: string, say: string) => void;
  readonly failed: (service: string, error: Error) => void;
}

/** Each minute: looks at every service that is locked or waits. One that fails does not keep the others from being seen. */
export const watchServices =
  ({ store, portsFor, saw, failed }: WatchPorts) =>
  async (now: string): Promise<void> => {
    const waiting = rotated((await store.list()).filter(busy), now).values();
    const look = async (record: ServiceRecord): Promise<void> => {
      try {
        saw(record.service, await watchService(portsFor(record), record, now));
      } catch (error) {
        failed(record.service, error as Error);
      }
    };
    const lookOn = async (): Promise<void> => {
      for (const record of waiting) await look(record);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lookOn));
  };

export const handler = task(async (event: { readonly time?: string }, tools) => {
  const { logger, metrics } = tools;
  const now = new Date(event.time ?? Date.now()).toISOString();
  await watchServices({
    store: rolloutStore(),
    portsFor: ({ claim, pending, freed }) => {
      const input = claim?.input ?? freed?.claim.input ?? pending;
      if (input === undefined) throw new Error('a service that nothing is known of is not watched');
      return rescuePorts(input, tools);
    },
    saw: (service, say) => logger.info(say, { service_target: service }),
    failed: (service, error) => {
      metrics.addMetric('WatchFailed', 'Count', 1);
      logger.error('a service could not be looked after', { service_target: service, error });
    },
  })(now);
});
