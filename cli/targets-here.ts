import type { Target } from '../lambdas/core/rollout.ts';
import { callerIdentity } from './aws.ts';
import { BadInput } from './exit.ts';

/** Credentials are of one account; a folder may hold the targets of several. */
export const targetsHere = async (targets: Iterable<Target>, folder: string): Promise<Target[]> => {
  const all = [...targets];
  const [first] = all;
  if (first === undefined) throw new BadInput([`${folder}/_targets.yaml: has no target; add one`]);
  const { account } = await callerIdentity(first.region);
  const here = all.filter((target) => target.account === account);
  if (here.length === 0) {
    const accounts = [...new Set(all.map((target) => target.account))].join(', ');
    throw new BadInput([
      `credentials: must be of an account with a target in ${folder}/_targets.yaml (${accounts}), got ${account}; set AWS_PROFILE`,
    ]);
  }
  const byRegion = new Map(here.map((target) => [target.region, target]));
  return [...byRegion.values()];
};
