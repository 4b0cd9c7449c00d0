import { clusterApi } from './adapters/kubernetes/cluster-api.ts';
import { eventName } from './core/judge/check.ts';
import type { PromotePrimaryResult, PromotePrimaryTask } from './core/tasks.ts';
import { holdFloor } from './core/workload/floor.ts';
import { sideName } from './core/workload/poll.ts';
import type { ClusterApi } from './core/workload/ports.ts';
import { promote } from './core/workload/promote.ts';
import { watchFrom } from './core/workload/watch.ts';
import { serviceCredentials } from './runtime/service-role.ts';
import { task } from './runtime/task.ts';

/** State "Promote primary": copies the tested pod template, whole, so that what runs is what was tested. */
export const promotePrimary =
  (api: ClusterApi) =>
  async ({ rollout, generation, floor, now }: PromotePrimaryTask): Promise<PromotePrimaryResult> => {
    const { spec, release } = rollout;
    const { primary, canary } = spec.workload;
    await holdFloor(api, primary, floor);
    const promoted = await promote(api, { rollout, generation });
    const copying = `Copying ${eventName(spec)} template spec to ${sideName(spec, 'primary')}`;
    return {
      say: `${primary} gets the pod template of ${canary} with ${release.tag}`,
      events: [{ phase: 'Promoting', text: copying }],
      pods: watchFrom(promoted, now),
    };
  };

export const handler = task((input: PromotePrimaryTask) =>
  promotePrimary(clusterApi(input.rollout, input.cluster, serviceCredentials(input.rollout)))(input),
);
