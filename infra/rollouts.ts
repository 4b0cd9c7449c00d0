import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../lambdas/core/spec/nearest.ts';
import { parseSpec } from '../lambdas/core/spec/parse.ts';
import type { RolloutSpec } from '../lambdas/core/spec/schema.ts';
import { engineStackName, serviceStackName } from './names.ts';
import { type DeploymentTarget, readTargets, readYaml, WrongRollouts } from './targets.ts';

/** A spec that can be deployed, and where to. */
export interface DeployableService {
  /** The spec's file, without its folder. */
  readonly file: string;
  readonly spec: RolloutSpec;
  readonly target: DeploymentTarget;
}

/** All that a folder of specs says. */
export interface Rollouts {
  readonly targets: ReadonlyMap<string, DeploymentTarget>;
  readonly services: readonly DeployableService[];
  /** One line each, `FILE: path: what is wrong, got value`. A wrong spec is not among the services. */
  readonly problems: readonly string[];
}

const isSpec = (file: string): boolean => /\.ya?ml$/.test(file) && !file.startsWith('_');

const listSpecs = (directory: string): string[] => {
  try {
    return readdirSync(directory).filter(isSpec).sort();
  } catch {
    throw new WrongRollouts([`${directory}: there is no such folder; name the one that holds the specs`]);
  }
};

const readSpec = (directory: string, file: string, targets: Rollouts['targets']): DeployableService => {
  const parsed = parseSpec(readYaml(join(directory, file)));
  if (!parsed.ok) throw new WrongRollouts(parsed.problems.map((problem) => `${file}: ${problem}`));
  const spec = parsed.value;
  const target = targets.get(spec.target);
  if (target === undefined) {
    const names = [...targets.keys()];
    const meant = nearest(spec.target, names);
    const fix = meant === undefined ? `targets are: ${names.join(', ')}` : `did you mean ${meant}?`;
    throw new WrongRollouts([`${file}: target: is not in _targets.yaml, got "${spec.target}"; ${fix}`]);
  }
  return { file, spec, target };
};

/** Stack names join their parts with dashes, so that `a-b` in `c` and `a` in `b-c` would be one stack. */
const clashOf = (
  { spec }: DeployableService,
  others: readonly DeployableService[],
  targets: Rollouts['targets'],
): string | undefined => {
  const stack = serviceStackName(spec);
  const other = others.find((service) => serviceStackName(service.spec) === stack);
  if (other !== undefined)
    return `would be the stack ${stack}, which ${other.file} is already; rename one of them`;
  const isEngine = [...targets.values()].some(({ region }) => engineStackName(region) === stack);
  return isEngine ? `would be the stack ${stack}, which is an engine's; rename the service` : undefined;
};

/**
 * Reads every spec of a folder. A wrong spec becomes a problem and leaves the others alone. Throws WrongRollouts only
 * for what concerns them all: a missing folder, wrong targets.
 */
export const readRollouts = (directory: string): Rollouts => {
  const files = listSpecs(directory);
  const targets = readTargets(directory);
  const services: DeployableService[] = [];
  const problems: string[] = [];
  for (const file of files) {
    try {
      const service = readSpec(directory, file, targets);
      const clash = clashOf(service, services, targets);
      if (clash === undefined) services.push(service);
      else problems.push(`${file}: service: ${clash}, got "${service.spec.service}"`);
    } catch (error) {
      if (!(error instanceof WrongRollouts)) throw error;
      problems.push(...error.problems);
    }
  }
  return { targets, services, problems };
};
