import type { BootstrapEvent } from '../bootstrap/canary.ts';
import { versionOfImage } from '../kubernetes/pods/images.ts';
import { readByAll } from './configs.ts';
import { listExecutions } from './executions.ts';
import { withPhases } from './outside.ts';
import type { FinalState, RehearsalResult } from './result.ts';
import { type Observed, rolloutsOf } from './rollouts.ts';
import { recordOf } from './service-record.ts';
import type { ServiceTraffic } from './service-traffic.ts';
import { skippedOf } from './skipped.ts';

/** What a rehearsal leaves behind, from which its result is made. */
export interface Played extends Observed {
  readonly traffic: ServiceTraffic;
  /** What was told while the service was set up. */
  readonly bootstrapped: readonly BootstrapEvent[];
  readonly wallStart: number;
}

/** The parts of a Deployment that the result tells of. */
interface DeploymentSpec {
  readonly replicas?: number;
  readonly template: {
    readonly spec: { readonly containers: readonly { readonly name: string; readonly image?: string }[] };
  };
}

const finalOf = async ({ sandbox, loaded, traffic }: Played): Promise<FinalState> => {
  const { namespace, primary, canary, container } = loaded.spec.workload;
  const specOf = (name: string) =>
    sandbox.kubernetes.get('deployment', namespace, name)?.spec as DeploymentSpec | undefined;
  const containers = specOf(primary)?.template.spec.containers ?? [];
  const ids = Object.keys(loaded.scenario.config);
  const { claim } = await recordOf(sandbox, `${loaded.spec.service}@${loaded.spec.target}`);
  return {
    primaryVersion: versionOfImage(containers.find(({ name }) => name === container)?.image ?? ''),
    canaryReplicas: specOf(canary)?.replicas ?? 0,
    weights: traffic.weights(),
    locked: claim !== undefined,
    ...(ids.length > 0 && {
      primaryReads: readByAll(sandbox.kubernetes.readyPods(namespace, { deployment: primary }), ids),
    }),
  };
};

/** The result of a rehearsal that has come to its end. */
export const summarise = async (played: Played): Promise<RehearsalResult> => {
  const { sandbox, loaded, traffic, observations, bootstrapped, start, wallStart } = played;
  const totals = traffic.model.totals();
  const ran = await rolloutsOf(played, await listExecutions(sandbox), traffic.canary());
  const rollouts = [...ran, ...skippedOf(loaded, observations.requests, ran)].sort(
    (a, b) => a.startedAt - b.startedAt,
  );
  return {
    name: loaded.scenario.name,
    seed: loaded.scenario.seed,
    requests: totals.requests,
    failedRequests: totals.failures,
    virtualSeconds: Math.floor((sandbox.clock.now() - start) / 1000),
    wallSeconds: Math.round((performance.now() - wallStart) / 10) / 100,
    events: [
      ...bootstrapped.map((event) => ({ ...event, at: Math.floor((event.at - start) / 1000) })),
      ...withPhases(observations.outside, rollouts),
    ],
    rollouts,
    alerts: observations.alerts,
    final: await finalOf(played),
  };
};
