import { clusterApi } from './adapters/kubernetes/cluster-api.ts';
import { eventName } from './core/judge/check.ts';
import type { RolloutSpec } from './core/spec/schema.ts';
import type { RetireCanaryResult, RetireCanaryTask } from './core/tasks.ts';
import { retire } from './core/workload/canary.ts';
import { releaseFloor } from './core/workload/floor.ts';
import type { ClusterApi } from './core/workload/ports.ts';
import { serviceCredentials } from './runtime/service-role.ts';
import { task } from './runtime/task.ts';

const told = (say: string): RetireCanaryResult => ({ say, events: [] });

/** Flagger's last word on a rollout. */
const endOf = (spec: RolloutSpec, promoted: boolean): string => {
  const name = eventName(spec);
  if (!promoted) return `Canary failed! Scaling down ${name}`;
  const skipped = spec.skipAnalysis ? `Canary analysis was skipped for ${name}` : `Scaling down ${name}`;
  return `Promotion completed! ${skipped}`;
};

/** States "Retire canary" and "Retire canary after rollback": the canary goes to zero; floors and limits are as they were. What is another's is left alone. */
export const retireCanary =
  (api: ClusterApi | undefined) =>
  async ({ rollout, generation, outcome }: RetireCanaryTask): Promise<RetireCanaryResult> => {
    const { spec } = rollout;
    const { canary, primary } = spec.workload;
    if (api === undefined)
      return told(`Nothing to retire: the cluster was never reached, so ${canary} is as it was`);
    if (outcome === 'refused')
      return told(`Nothing to retire: the rollout was refused, so ${canary} is as it was`);
    if (outcome === 'failed')
      return told(`${canary} stays: it serves the traffic until ${primary} is mended`);
    if (!(await retire(api, { rollout, generation })))
      return told(`Nothing to retire: ${canary} carries another execution’s release by now`);
    await releaseFloor(api, primary);
    const promoted = outcome === 'promoted';
    return {
      say: `${canary} is scaled to zero; ${primary} is free to scale again`,
      events: [{ phase: promoted ? 'Succeeded' : 'Failed', text: endOf(spec, promoted) }],
    };
  };

export const handler = task((input: RetireCanaryTask) => {
  const { rollout, cluster } = input;
  return retireCanary(cluster ? clusterApi(rollout, cluster, serviceCredentials(rollout)) : undefined)(input);
});
