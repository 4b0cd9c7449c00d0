import { serviceAtTarget } from '../infra/names.ts';
import { type DeployableService, type Rollouts, readRollouts } from '../infra/rollouts.ts';
import { WrongRollouts } from '../infra/targets.ts';
import { nearest } from '../lambdas/core/spec/nearest.ts';
import { BadInput } from './exit.ts';

/** Where the specs are when nobody says otherwise. */
export const ROLLOUTS = 'rollouts';

/** All specs and targets of a folder. Throws BadInput for what concerns them all: a missing folder, wrong targets. */
export const readFolder = (folder: string): Rollouts => {
  try {
    return readRollouts(folder);
  } catch (error) {
    if (error instanceof WrongRollouts) throw new BadInput(error.problems);
    throw error;
  }
};

const unknown = (name: string, { services, problems }: Rollouts, folder: string): BadInput => {
  const full = services.map(({ spec }) => serviceAtTarget(spec));
  const meant = nearest(name, [...full, ...services.map(({ spec }) => spec.service)]);
  const known = full.length === 0 ? `${folder} has none` : `services are: ${full.join(', ')}`;
  const fix =
    problems.length > 0 ? 'mend the specs below' : meant === undefined ? known : `did you mean ${meant}?`;
  const correct = problems.length > 0 ? 'correct spec' : 'spec';
  return new BadInput([
    `service: no ${correct} in ${folder} is for it, got "${name}"; ${fix}`,
    ...problems.map((problem) => `${folder}/${problem}`),
  ]);
};

/**
 * The service that a person names: `service@target`, or the service where it has one target. Wrong specs of other
 * services don't matter. Throws BadInput for a name that no spec has, or that several have.
 */
export const findService = (name: string, folder: string): DeployableService => {
  const rollouts = readFolder(folder);
  const found = rollouts.services.filter(
    ({ spec }) => serviceAtTarget(spec) === name || spec.service === name,
  );
  const [service] = found;
  if (service === undefined) throw unknown(name, rollouts, folder);
  if (found.length === 1) return service;
  const names = found.map(({ spec }) => serviceAtTarget(spec));
  throw new BadInput([
    `service: "${name}" has ${found.length} targets; name one of them: ${names.join(', ')}`,
  ]);
};
