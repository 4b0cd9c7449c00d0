import { clusterApi } from './adapters/kubernetes/cluster-api.ts';
import type { CheckPodsResult, CheckPodsTask } from './core/tasks.ts';
import { pollPods } from './core/workload/poll.ts';
import type { ClusterApi } from './core/workload/ports.ts';
import { serviceCredentials } from './runtime/service-role.ts';
import { task } from './runtime/task.ts';

/** States "Check canary pods" and "Check primary pods": one look; what cannot become ready fails here. */
export const checkPods =
  (api: ClusterApi) =>
  async ({ rollout, side, pods, now }: CheckPodsTask): Promise<CheckPodsResult> => {
    const { spec } = rollout;
    const { state, say, watch, events } = await pollPods(api, { spec, side, pods, now });
    const ready = state === 'ready';
    return {
      say: ready ? `All pods of ${pods.deployment} are ready` : `${pods.deployment} is not ready: ${say}`,
      events,
      ready,
      pods: watch,
    };
  };

export const handler = task((input: CheckPodsTask) =>
  checkPods(clusterApi(input.rollout, input.cluster, serviceCredentials(input.rollout)))(input),
);
