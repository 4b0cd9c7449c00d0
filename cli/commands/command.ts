import { serviceAtTarget } from '../../infra/names.ts';
import type { RolloutCommand } from '../../lambdas/core/claim/command.ts';
import { engineOf } from '../engine.ts';
import { findService } from '../services.ts';

/** What the command line says. */
export interface CommandOptions {
  readonly rollouts: string;
}

/** `stepcanary approve｜reject｜abort｜pause｜resume｜unlock SERVICE`: a person's word, told to the engine. */
export const command = async (
  name: string,
  word: RolloutCommand['command'],
  { rollouts }: CommandOptions,
): Promise<void> => {
  const { spec, target } = findService(name, rollouts);
  const engine = await engineOf(target);
  const told: RolloutCommand = { service: serviceAtTarget(spec), command: word, by: engine.by };
  const { say } = await engine.call<{ say: string }>('command-rollout', told);
  process.stdout.write(say.startsWith(told.service) ? `${say}\n` : `${told.service}: ${say}\n`);
};
