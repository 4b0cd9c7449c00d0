import { serviceAtTarget } from '../../infra/names.ts';
import type { DeployableService } from '../../infra/rollouts.ts';
import { nearest } from '../../lambdas/core/spec/nearest.ts';
import { BadInput } from '../exit.ts';
import { readFolder } from '../services.ts';

/** What a sandbox runs. */
export interface ServicesHere {
  /** At least one; all of one account and region. */
  readonly services: readonly DeployableService[];
  /** `service@target` of those that are elsewhere. */
  readonly elsewhere: readonly string[];
}

const placeOf = ({ target }: DeployableService): string => `${target.region}/${target.account}`;

/** What only one service can have: its route, and its Deployments. */
const ownThings = ({ spec, target }: DeployableService): readonly (readonly [string, string])[] => {
  const { mesh, virtualRouter, route } = spec.router.appMesh;
  const { namespace, primary, canary } = spec.workload;
  return [
    ['router.appMesh.route', `${mesh}/${virtualRouter}/${route}`],
    ['workload.primary', `${target.cluster}/${namespace}/${primary}`],
    ['workload.canary', `${target.cluster}/${namespace}/${canary}`],
  ];
};

const clashes = (services: readonly DeployableService[], folder: string): string[] => {
  const owners = new Map<string, DeployableService>();
  return services.flatMap((service) =>
    ownThings(service).flatMap(([path, thing]) => {
      const key = `${path.split('.')[0]} ${thing}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, service);
      if (owner === undefined || owner === service) return [];
      return [
        `${folder}/${service.file}: ${path}: is that of ${serviceAtTarget(owner.spec)} in ${owner.file}, got "${thing}"; give each service its own`,
      ];
    }),
  );
};

/**
 * The services of a folder that one sandbox can run: it stands for one account and region, that of `target`, or else
 * of the first spec. Throws BadInput with every problem of every spec.
 */
export const servicesHere = (folder: string, target: string | undefined): ServicesHere => {
  const { services, problems, targets } = readFolder(folder);
  if (problems.length > 0) throw new BadInput(problems.map((problem) => `${folder}/${problem}`));
  if (target !== undefined && !targets.has(target)) {
    const names = [...targets.keys()];
    const meant = nearest(target, names);
    const fix = meant === undefined ? `targets are: ${names.join(', ')}` : `did you mean ${meant}?`;
    throw new BadInput([`--target: is not in ${folder}/_targets.yaml, got "${target}"; ${fix}`]);
  }
  const first = services.find(({ spec }) => target === undefined || spec.target === target);
  if (first === undefined)
    throw new BadInput([
      `${folder}: has no spec${target === undefined ? '' : ` for the target ${target}`}; add one, such as rollouts/podinfo.yaml of this repository`,
    ]);
  const isHere = (service: DeployableService) => placeOf(service) === placeOf(first);
  const here = services.filter(isHere);
  const clashing = clashes(here, folder);
  if (clashing.length > 0) throw new BadInput(clashing);
  return {
    services: here,
    elsewhere: services.filter((it) => !isHere(it)).map(({ spec }) => serviceAtTarget(spec)),
  };
};
