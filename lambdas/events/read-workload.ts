import { setTimeout as wait } from 'node:timers/promises';
import { clusterApi } from '../adapters/kubernetes/cluster-api.ts';
import { ErrorName, isCanaryError } from '../core/errors.ts';
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

/**
 * Between attempts, in milliseconds. No state machine retries this function: who calls it is only called again after minutes,
 * and after three failures the push is lost. Three attempts at 10 s end before the caller gives up.
 */
const PAUSES_MS = [1_000, 4_000];

/** Does `read` again while the cluster cannot be reached. */
export const patiently = async <T>(
  read: () => Promise<T>,
  pause: (ms: number) => Promise<unknown> = wait,
): Promise<T> => {
  for (const ms of PAUSES_MS) {
    try {
      return await read();
    } catch (error) {
      if (!isCanaryError(error, ErrorName.Transient)) throw error;
    }
    await pause(ms);
  }
  return read();
};

export const handler = task((request: ReadWorkloadTask) => {
  const { input, cluster } = request;
  const read = readWorkload(clusterApi(input, cluster, serviceCredentials(input, 'read-workload')));
  return patiently(() => read(request));
});
