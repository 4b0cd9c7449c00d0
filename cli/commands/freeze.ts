import { serviceAtTarget } from '../../infra/names.ts';
import type { FreezeCommand } from '../../lambdas/core/claim/freeze.ts';
import { ALL_SERVICES } from '../../lambdas/core/holds/freeze.ts';
import type { Target } from '../../lambdas/core/rollout.ts';
import { parseDuration } from '../../lambdas/core/spec/duration.ts';
import { engineOf } from '../engine.ts';
import { BadInput } from '../exit.ts';
import { findService, readFolder } from '../services.ts';
import { targetsHere } from '../targets-here.ts';

/** What the command line says. */
export interface FreezeOptions {
  readonly rollouts: string;
  readonly all?: boolean;
  readonly reason?: string;
  /** A time, or a duration from now on. */
  readonly until?: string;
}

/** ISO 8601 of a time or of a duration from now on. */
const timeOf = (until: string, now: number): string => {
  const seconds = parseDuration(until);
  const time = new Date(seconds === undefined ? until : now + seconds * 1000);
  if (Number.isNaN(time.getTime()))
    throw new BadInput([
      `--until: must be a time or a duration, such as 2026-12-24T08:00:00Z or 2h, got "${until}"`,
    ]);
  return time.toISOString();
};

/** Which record is meant, and of which engines. */
const whatOf = async (
  name: string | undefined,
  { all = false, rollouts }: FreezeOptions,
): Promise<{ service: string; targets: readonly Target[] }> => {
  if ((name === undefined) !== all)
    throw new BadInput([
      `service: name one service, or give --all, got ${name === undefined ? 'neither' : `both "${name}" and --all`}`,
    ]);
  if (name === undefined)
    return {
      service: ALL_SERVICES,
      targets: await targetsHere(readFolder(rollouts).targets.values(), rollouts),
    };
  const { spec, target } = findService(name, rollouts);
  return { service: serviceAtTarget(spec), targets: [target] };
};

/** `stepcanary freeze｜unfreeze SERVICE｜--all`: nothing new begins and no weight rises, or it does again. */
export const freeze = async (
  name: string | undefined,
  command: FreezeCommand['command'],
  options: FreezeOptions,
): Promise<void> => {
  const { reason, until } = options;
  const { service, targets } = await whatOf(name, options);
  const now = Date.now();
  for (const target of targets) {
    const engine = await engineOf(target);
    const told: FreezeCommand = {
      service,
      command,
      by: engine.by,
      at: new Date(now).toISOString(),
      ...(reason !== undefined && { reason }),
      ...(until !== undefined && { until: timeOf(until, now) }),
    };
    const { say } = await engine.call<{ say: string }>('command-rollout', told);
    process.stdout.write(targets.length > 1 ? `${target.region}: ${say}\n` : `${say}\n`);
  }
};
