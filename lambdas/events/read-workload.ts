import { clusterApi } from '../adapters/kubernetes/cluster-api.ts';
import { CanaryError, ErrorName } from '../core/errors.ts';
import type { ReadWorkloadResult, ReadWorkloadTask } from '../core/tasks.ts';
import type { ClusterApi } from '../core/workload/ports.ts';
import { runningDigest } from '../core/workload/running.ts';
import { serviceCredentials } from '../runtime/service-role.ts';
import { task } from '../runtime/task.ts';

/** Called by `start-rollout`: what the primary runs, so that a push of the same image starts nothing. */
export const readWorkload =
  (api: ClusterApi) =>
  async ({ input }: ReadWorkloadTask): Promise<ReadWorkloadResult> => {
    const { primary, container, namespace } = input.spec.workload;
    const deployment = await api.deployment(primary);
    const image = deployment?.spec.template.spec.containers.find(({ name }) => name === container)?.image;
    if (deployment === undefined || image === undefined) {
      const what =
        deployment === undefined ? `no Deployment ${primary}` : `no container ${container} in ${primary}`;
      throw new CanaryError(
        ErrorName.Refused,
        `workload.primary: there is ${what} in namespace ${namespace}`,
      );
    }
    const pods = await api.pods(deployment.spec.selector.matchLabels ?? {});
    const digest = runningDigest(deployment, container, pods);
    return { image, ...(digest !== undefined && { digest }) };
  };

export const handler = task((request: ReadWorkloadTask) => {
  const { input, cluster } = request;
  return readWorkload(clusterApi(input, cluster, serviceCredentials(input, 'read-workload')))(request);
});
