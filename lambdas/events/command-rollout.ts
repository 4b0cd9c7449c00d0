import { readService } from '../adapters/spec-parameters.ts';
import { applyCommand, type RolloutCommand } from '../core/claim/command.ts';
import { applyFreeze, type FreezeCommand } from '../core/claim/freeze.ts';
import { CanaryError, ErrorName } from '../core/errors.ts';
import type { TrafficRouter } from '../core/ports.ts';
import type { Claim } from '../core/record.ts';
import type { RolloutStore } from '../core/store.ts';
import { rolloutStore, trafficRouter } from '../runtime/ports.ts';
import { retireByFunction } from '../runtime/retire.ts';
import { task } from '../runtime/task.ts';

export interface CommandPorts {
  readonly store: RolloutStore;
  readonly routerOf: (service: string) => Promise<TrafficRouter>;
  /** Best effort: the canary that served while the primary was mended goes, and autoscalers get their limits back. */
  readonly retireCanary: (claim: Claim) => Promise<boolean>;
}

const assertMended = async ({ routerOf }: CommandPorts, service: string): Promise<void> => {
  const router = await routerOf(service);
  if (await router.hasAll('primary')) return;
  throw new CanaryError(
    ErrorName.InvalidInput,
    `${service}: the route does not have all traffic on the primary; mend the primary, set the route, then unlock`,
  );
};

const isFreeze = (command: RolloutCommand | FreezeCommand): command is FreezeCommand =>
  command.command === 'freeze' || command.command === 'unfreeze';

/** A person's word on a rollout: answers a question, stops it, freezes, or sets a mended service free. */
export const commandRollout =
  (ports: CommandPorts) =>
  async (command: RolloutCommand | FreezeCommand): Promise<{ say: string }> => {
    const { store, retireCanary } = ports;
    if (isFreeze(command))
      return { say: await store.update(command.service, (record) => applyFreeze(record, command)) };
    if (command.command !== 'unlock') {
      return { say: await store.update(command.service, (record) => applyCommand(record, command)) };
    }
    await assertMended(ports, command.service);
    const { claim } = await store.read(command.service);
    const say = await store.update(command.service, (record) => applyCommand(record, command));
    if (claim !== undefined) await retireCanary(claim);
    return { say };
  };

export const handler = task((command: RolloutCommand | FreezeCommand, { logger }) =>
  commandRollout({
    store: rolloutStore(),
    routerOf: async (service) => trafficRouter(await readService(service), 'command-rollout'),
    retireCanary: retireByFunction(logger),
  })({ ...command, at: command.at ?? new Date().toISOString() }),
);
