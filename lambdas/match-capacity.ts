import { clusterApi } from './adapters/kubernetes/cluster-api.ts';
import type { MatchCapacityResult, MatchCapacityTask } from './core/tasks.ts';
import { matchCanary } from './core/workload/match.ts';
import type { ClusterApi } from './core/workload/ports.ts';
import { serviceCredentials } from './runtime/service-role.ts';
import { task } from './runtime/task.ts';

/** State "Match capacity": the canary gets the pods for its share before the share; the primary keeps its floor (I9). */
export const matchCapacity =
  (api: ClusterApi) =>
  (input: MatchCapacityTask): Promise<MatchCapacityResult> =>
    matchCanary(api, input);

export const handler = task((input: MatchCapacityTask) =>
  matchCapacity(clusterApi(input.rollout, input.cluster, serviceCredentials(input.rollout)))(input),
);
