import { clusterApi } from './adapters/kubernetes/cluster-api.ts';
import { CanaryError, ErrorName } from './core/errors.ts';
import type { CheckWorkloadResult, CheckWorkloadTask } from './core/tasks.ts';
import { plural } from './core/words.ts';
import type { ClusterApi } from './core/workload/ports.ts';
import { preflightWorkload } from './core/workload/preflight.ts';
import { servingNow } from './core/workload/running.ts';
import { serviceCredentials } from './runtime/service-role.ts';
import { task } from './runtime/task.ts';

/** State "Check workload": refuses with every problem at once, before anything is written; notes the primary's floor. */
export const checkWorkload =
  (api: ClusterApi) =>
  async ({ rollout, generation }: CheckWorkloadTask): Promise<CheckWorkloadResult> => {
    const { spec } = rollout;
    const { service } = rollout;
    const { problems, floor, configs } = await preflightWorkload(api, {
      service,
      spec,
      actor: { rollout, generation },
    });
    if (problems.length > 0) throw new CanaryError(ErrorName.Refused, problems.join('\n'));
    return {
      say: `${spec.workload.primary} serves with ${plural(floor, 'pod')}; the workload is as the spec says${configs && `; ${configs}`}`,
      events: [],
      floor,
      serving: await servingNow(api, spec),
    };
  };

export const handler = task((input: CheckWorkloadTask) =>
  checkWorkload(clusterApi(input.rollout, input.cluster, serviceCredentials(input.rollout)))(input),
);
