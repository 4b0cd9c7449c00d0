import { clusterApi } from '../adapters/kubernetes/cluster-api.ts';
import type { ReadWorkloadResult, ReadWorkloadTask } from '../core/tasks.ts';
import type { ClusterApi } from '../core/workload/ports.ts';
import { servingNow } from '../core/workload/running.ts';
import { serviceCredentials } from '../runtime/service-role.ts';
import { task } from '../runtime/task.ts';

/** Called by `start-rollout`: what the primary runs, so that a push of the same image starts nothing. */
export const readWorkload =
  (api: ClusterApi) =>
  ({ input }: ReadWorkloadTask): Promise<ReadWorkloadResult> =>
    servingNow(api, input.spec);

export const handler = task((request: ReadWorkloadTask) => {
  const { input, cluster } = request;
  return readWorkload(clusterApi(input, cluster, serviceCredentials(input, 'read-workload')))(request);
});
