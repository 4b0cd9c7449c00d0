import { clusterApi } from '../adapters/kubernetes/cluster-api.ts';
import type { ReadWorkloadResult, ReadWorkloadTask } from '../core/read-workload.ts';
import type { ClusterApi } from '../core/workload/ports.ts';
import { servingNow } from '../core/workload/running.ts';
import { canaryTemplate } from '../core/workload/written.ts';
import { serviceCredentials } from '../runtime/service-role.ts';
import { task } from '../runtime/task.ts';

/** Called by `start-rollout`: what the primary runs, so that a push of the same image starts nothing, and the canary's template. */
export const readWorkload =
  (api: ClusterApi) =>
  async ({ input }: ReadWorkloadTask): Promise<ReadWorkloadResult> => {
    const { spec } = input;
    const { primary, canary } = spec.workload;
    const serving = await servingNow(api, spec);
    const [of, other] = [await api.deployment(canary), await api.deployment(primary)];
    const template = of && other && (await canaryTemplate(api, spec, of, other));
    return { ...serving, ...(template && { canary: template }) };
  };

export const handler = task((request: ReadWorkloadTask) => {
  const { input, cluster } = request;
  return readWorkload(clusterApi(input, cluster, serviceCredentials(input, 'read-workload')))(request);
});
