import { serviceAtTarget } from '../../infra/names.ts';
import type { RequestAnswer } from '../../lambdas/core/claim/request.ts';
import { engineOf } from '../engine.ts';
import { BadInput, NotDone } from '../exit.ts';
import { findService } from '../services.ts';

/** What the command line says. */
export interface UndoCommandOptions {
  readonly rollouts: string;
}

/** `stepcanary undo SERVICE`: releases what ran before, step by step like any release; ends with 1 when nothing is started. */
export const undo = async (name: string, { rollouts }: UndoCommandOptions): Promise<void> => {
  const { spec, target } = findService(name, rollouts);
  const service = serviceAtTarget(spec);
  const engine = await engineOf(target);
  const request = { service, undo: true, now: new Date().toISOString() };
  const answer = await engine.call<RequestAnswer>('start-rollout', request);
  if (answer.kind === 'refused') throw new BadInput([`${service}: ${answer.reason}`]);
  if (answer.kind !== 'start') throw new NotDone(`${service}: nothing was started: ${answer.reason}`);
  const { tag } = answer.input.release;
  process.stdout.write(
    `${service}: back to ${tag}, started ${answer.name}\n${engine.executionArn(answer.name)}\n`,
  );
};
