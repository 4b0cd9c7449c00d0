import { CanaryError, ErrorName } from '../errors.ts';
import { eventName } from '../judge/check.ts';
import type { RolloutEvent, Side } from '../rollout.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import type { PodsWatch } from '../tasks.ts';
import type { Deployment } from './objects.ts';
import type { ClusterApi } from './ports.ts';
import { type Observed, type Readiness, readiness } from './readiness.ts';

const observe = async (api: ClusterApi, name: string, found: Deployment | undefined): Promise<Observed> => {
  const deployment = found?.metadata.name === name ? found : await api.deployment(name);
  if (deployment === undefined) return { deployment, replicaSets: [], pods: [] };
  const labels = deployment.spec.selector.matchLabels ?? {};
  const [replicaSets, pods] = await Promise.all([api.replicaSets(labels), api.pods(labels)]);
  return { deployment, replicaSets, pods };
};

/** `podinfo-primary.test` or `podinfo.test`, as Flagger's events name them. */
export const sideName = (spec: RolloutSpec, side: Side): string =>
  side === 'primary' ? `${spec.workload.primary}.${spec.workload.namespace}` : eventName(spec);

const notReady = (spec: RolloutSpec, side: Side, say: string): string =>
  `${side === 'canary' ? 'canary deployment ' : ''}${sideName(spec, side)} not ready: ${say}`;

/** A look at the pods of a side of a service. */
export interface PodsLook {
  readonly spec: RolloutSpec;
  readonly side: Side;
  readonly pods: PodsWatch;
  readonly now: string;
  /** The Deployment, where it has just been read or written. */
  readonly found?: Deployment;
}

/** One look at a side's pods, told when it says something new. Throws Canary.PodsFailed when they cannot become ready. */
export const pollPods = async (
  api: ClusterApi,
  { spec, side, pods, now, found: deployment }: PodsLook,
): Promise<Readiness & { readonly events: readonly RolloutEvent[] }> => {
  const observed = await observe(api, pods.deployment, deployment);
  const found = readiness(observed, pods, now, { inMesh: spec.router.appMesh !== undefined });
  if (found.state === 'failed') throw new CanaryError(ErrorName.PodsFailed, notReady(spec, side, found.say));
  if (!found.telling || found.say === pods.told) return { ...found, events: [] };
  const phase = side === 'canary' ? 'Progressing' : 'Promoting';
  return {
    ...found,
    watch: { ...found.watch, told: found.say },
    events: [{ phase, text: notReady(spec, side, found.say) }],
  };
};
