import { clusterApi } from './adapters/kubernetes/cluster-api.ts';
import { eventName } from './core/judge/check.ts';
import type { DeployCanaryResult, DeployCanaryTask } from './core/tasks.ts';
import { plural } from './core/words.ts';
import { deployOn } from './core/workload/canary.ts';
import { podsFor } from './core/workload/capacity.ts';
import { holdFloor } from './core/workload/floor.ts';
import type { ClusterApi } from './core/workload/ports.ts';
import { watchFrom } from './core/workload/watch.ts';
import { serviceCredentials } from './runtime/service-role.ts';
import { task } from './runtime/task.ts';

/** State "Deploy canary": holds the primary at its floor, then puts the image, by digest, on the canary. */
export const deployCanary =
  (api: ClusterApi) =>
  async ({ rollout, generation, floor, weight, now }: DeployCanaryTask): Promise<DeployCanaryResult> => {
    const { spec, release } = rollout;
    const { replicas } = await holdFloor(api, spec.workload.primary, floor);
    const needed = podsFor(spec, replicas, weight);
    const canary = await deployOn(api, { rollout, generation }, needed);
    const pods = plural(canary.spec.replicas ?? needed, 'pod');
    return {
      say: `${spec.workload.canary} gets ${release.tag}: ${pods} for ${weight} % of the traffic`,
      events: [{ phase: 'Progressing', text: `New revision detected! Scaling up ${eventName(spec)}` }],
      pods: watchFrom(canary, now),
    };
  };

export const handler = task((input: DeployCanaryTask) =>
  deployCanary(clusterApi(input.rollout, input.cluster, serviceCredentials(input.rollout)))(input),
);
