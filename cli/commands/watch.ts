import { setTimeout as wait } from 'node:timers/promises';
import { serviceAtTarget } from '../../infra/names.ts';
import { parseDuration } from '../../lambdas/core/spec/duration.ts';
import { explained } from '../aws-failure.ts';
import { engineStore } from '../engine-store.ts';
import { BadInput, NotDone } from '../exit.ts';
import { follow } from '../follow/follow.ts';
import { imageTag } from '../image-tag.ts';
import { findService } from '../services.ts';

/** What the command line says. */
export interface WatchOptions {
  readonly rollouts: string;
  readonly tag?: string;
  /** How long to wait at most. */
  readonly timeout: string;
}

/** Verdicts come each ten seconds at the most often. */
const LOOK_MS = 5_000;

const secondsOf = (timeout: string): number => {
  const seconds = parseDuration(timeout);
  if (seconds === undefined)
    throw new BadInput([`--timeout: must be a duration, such as 2h, got "${timeout}"`]);
  return seconds;
};

/**
 * `stepcanary watch｜wait SERVICE`: waits until a rollout has ended, saying meanwhile what the judge says, or nothing;
 * ends with 1 when it was not promoted.
 */
export const watch = async (name: string, word: 'watch' | 'wait', options: WatchOptions): Promise<void> => {
  const tag = options.tag === undefined ? undefined : imageTag('--tag', options.tag);
  const { spec, target } = findService(name, options.rollouts);
  const service = serviceAtTarget(spec);
  const until = Date.now() + secondsOf(options.timeout) * 1000;
  const store = await engineStore(target);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const followed = await follow(store, service, {
    tag,
    until,
    now: Date.now,
    sleep: () => wait(LOOK_MS),
    say: word === 'watch' ? print : () => undefined,
  }).catch(explained(target.region));
  const what = tag === undefined ? service : `${service} ${tag}`;
  if (followed.kind !== 'ended')
    throw new NotDone(
      `${what}: ${followed.kind === 'none' ? 'nothing was ever released' : `not ended after ${options.timeout}`}`,
    );
  const { release, outcome, reason } = followed.summary;
  const line = `${service}: ${release.tag} ${outcome}${reason === '' ? '' : `: ${reason}`}`;
  if (outcome !== 'promoted') throw new NotDone(line);
  print(line);
};
