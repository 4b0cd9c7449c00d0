import { serviceAtTarget } from '../../infra/names.ts';
import type { RequestAnswer } from '../../lambdas/core/claim/request.ts';
import { engineOf } from '../engine.ts';
import { BadInput, NotDone } from '../exit.ts';
import { imageTag } from '../image-tag.ts';
import { findService } from '../services.ts';

/** What the command line says. */
export interface StartCommandOptions {
  readonly tag: string;
  readonly retry?: boolean;
  readonly rollouts: string;
}

/** `stepcanary start SERVICE --tag T`: asks the engine to release an image; ends with 1 when nothing is started. */
export const start = async (name: string, options: StartCommandOptions): Promise<void> => {
  const { retry = false, rollouts } = options;
  const tag = imageTag('--tag', options.tag);
  const { spec, target } = findService(name, rollouts);
  const service = serviceAtTarget(spec);
  const engine = await engineOf(target);
  const request = { service, tag, retry, now: new Date().toISOString() };
  const answer = await engine.call<RequestAnswer>('start-rollout', request);
  if (answer.kind === 'refused') throw new BadInput([answer.reason]);
  if (answer.kind === 'skipped') {
    const fix = retry ? '' : '; --retry starts it all the same, where the image can be released';
    throw new NotDone(`${service}: nothing was started: ${answer.reason}${fix}`);
  }
  process.stdout.write(
    answer.kind === 'queued'
      ? `${service}: ${answer.reason}\n`
      : `${service}: started ${answer.name}\n${engine.executionArn(answer.name)}\n`,
  );
};
