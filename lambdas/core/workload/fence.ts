import { CanaryError, ErrorName } from '../errors.ts';
import type { Rollout } from '../rollout.ts';
import { Annotation } from './annotations.ts';
import type { Deployment } from './objects.ts';

/** Throws Canary.Fenced when another execution has put its release on the canary meanwhile. */
export const assertOurs = ({ metadata }: Deployment, { execution }: Rollout): void => {
  const holder = metadata.annotations?.[Annotation.Execution];
  if (holder === undefined || holder === execution.arn) return;
  throw new CanaryError(ErrorName.Fenced, `${metadata.name} carries the release of ${holder} by now`);
};
