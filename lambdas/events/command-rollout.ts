import { readService } from '../adapters/spec-parameters.ts';
import { applyCommand, type RolloutCommand } from '../core/claim/command.ts';
import { CanaryError, ErrorName } from '../core/errors.ts';
import type { TrafficRouter } from '../core/ports.ts';
import { allOn } from '../core/safety/restore.ts';
import type { RolloutStore } from '../core/store.ts';
import { rolloutStore, trafficRouter } from '../runtime/ports.ts';
import { task } from '../runtime/task.ts';

/** A person's word on a rollout: answers a question, stops it, or sets a mended service free. */
export const commandRollout =
  (store: RolloutStore, routerOf: (service: string) => Promise<TrafficRouter>) =>
  async (command: RolloutCommand): Promise<{ say: string }> => {
    if (command.command === 'unlock') {
      const router = await routerOf(command.service);
      if (!(await router.verify(allOn('primary')))) {
        throw new CanaryError(
          ErrorName.InvalidInput,
          `${command.service}: the route does not have all traffic on the primary; mend the primary, set the route, then unlock`,
        );
      }
    }
    return { say: await store.update(command.service, (record) => applyCommand(record, command)) };
  };

export const handler = task((command: RolloutCommand) =>
  commandRollout(rolloutStore(), async (service) =>
    trafficRouter(await readService(service), 'command-rollout'),
  )({
    ...command,
    at: command.at ?? new Date().toISOString(),
  }),
);
