import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { serviceAtTarget } from '../../infra/names.ts';
import type { DeployableService } from '../../infra/rollouts.ts';
import { clusterApi } from '../../lambdas/adapters/kubernetes/cluster-api.ts';
import type { Cluster } from '../../lambdas/core/tasks.ts';
import { plural } from '../../lambdas/core/words.ts';
import { preflightWorkload } from '../../lambdas/core/workload/preflight.ts';
import { type Check, sorted } from './check.ts';

/**
 * Asks the cluster for all that a rollout will touch, with a token of this user's credentials. Throws Canary.Transient
 * when it does not answer.
 */
export const checkWorkload = async (
  service: DeployableService,
  cluster: Cluster | undefined,
  credentials: AwsCredentialIdentityProvider,
): Promise<readonly Check[]> => {
  if (cluster === undefined)
    return [
      {
        path: 'workload',
        say: '',
        problems: ['workload: was not looked at, for there is no cluster to ask'],
      },
    ];
  const { primary, canary, container } = service.spec.workload;
  const subject = { spec: service.spec, service: serviceAtTarget(service.spec) };
  const { problems, floor, configs } = await preflightWorkload(
    clusterApi(service, cluster, credentials),
    subject,
  );
  return sorted(
    [
      { path: 'workload.primary', say: `${primary} serves with ${plural(floor, 'pod')}` },
      { path: 'workload.canary', say: `${canary} can be changed: nobody else owns its fields` },
      { path: 'workload', say: `both have the container ${container}, and select only their own pods` },
      { path: 'workload.configTracking', say: configs || `${canary} reads no tracked ConfigMap or Secret` },
      { path: 'router.appMesh.virtualRouter', say: 'no controller in the cluster writes the route' },
    ],
    problems,
  );
};
