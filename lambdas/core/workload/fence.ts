import { CanaryError, ErrorName } from '../errors.ts';
import type { Rollout } from '../rollout.ts';
import { Annotation } from './annotations.ts';
import type { Deployment } from './objects.ts';

/** In whose name a workload is changed. */
export interface Actor {
  readonly rollout: Rollout;
  /** The claim's number; 0 where it is not known, as without the table: then only the execution is compared. */
  readonly generation: number;
}

const fenced = (message: string): never => {
  throw new CanaryError(ErrorName.Fenced, message);
};

const generationOf = ({ metadata }: Pick<Deployment, 'metadata'>): number =>
  Number(metadata.annotations?.[Annotation.Generation] ?? 0);

/**
 * Why a claim of that number may write nothing to a Deployment: a later one has. Numbers begin anew when the table was
 * lost; then a person takes the annotation away. Undefined when it may.
 */
export const overtakenBy = (
  deployment: Pick<Deployment, 'metadata'>,
  generation: number,
): string | undefined => {
  const newest = generationOf(deployment);
  if (generation === 0 || generation >= newest) return undefined;
  return `${deployment.metadata.name} was written by claim ${newest} (annotation ${Annotation.Generation}), this execution holds claim ${generation}`;
};

/** What an actor notes on whatever it writes. */
export const generationNote = ({ generation }: Actor): Readonly<Record<string, string>> =>
  generation === 0 ? {} : { [Annotation.Generation]: String(generation) };

/** The execution whose release a canary carries, where it is another one's, or a later claim's. */
export const otherHolder = (canary: Deployment, { rollout, generation }: Actor): string | undefined => {
  const holder = canary.metadata.annotations?.[Annotation.Execution];
  if (holder !== undefined && holder !== rollout.execution.arn)
    return `${canary.metadata.name} carries the release of ${holder} by now (annotation ${Annotation.Execution})`;
  return overtakenBy(canary, generation);
};

/** Throws Canary.Fenced where a write comes too late: a later claim has written, or this one's pods were taken away. */
export const assertNotOver = (deployment: Deployment, { rollout, generation }: Actor): void => {
  const over = overtakenBy(deployment, generation);
  if (over !== undefined) fenced(over);
  if (deployment.metadata.annotations?.[Annotation.Retired] === rollout.execution.arn)
    fenced(
      `${deployment.metadata.name} was retired by this very execution (annotation ${Annotation.Retired}): it gets no pods again`,
    );
};

/** The same, and when another execution has put its release on the canary meanwhile. */
export const assertOurs = (canary: Deployment, actor: Actor): void => {
  const other = otherHolder(canary, actor);
  if (other !== undefined) fenced(other);
  assertNotOver(canary, actor);
};
