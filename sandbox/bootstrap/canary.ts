import type { RolloutEvent } from '../../lambdas/core/rollout.ts';
import type { Deployment } from '../../lambdas/core/workload/objects.ts';
import { readiness } from '../../lambdas/core/workload/readiness.ts';
import { watchFrom } from '../../lambdas/core/workload/watch.ts';
import type { Sandbox } from '../sandbox.ts';
import { type BootstrappedService, bootstrapService } from './service.ts';

/** Something that Flagger tells while it sets a service up; epoch milliseconds. */
export interface BootstrapEvent {
  readonly at: number;
  readonly phase: RolloutEvent['phase'] | 'Initializing';
  readonly text: string;
}

/** Flagger's ticks, as the sandbox's clock makes them pass. */
export interface Ticks {
  /** Epoch milliseconds after which it is given up. */
  readonly until: number;
  readonly intervalMs: number;
  /** Lets virtual time pass. */
  readonly advance: (to: number) => Promise<void>;
}

/** What the primary waits for, in Flagger's words; undefined when it has its pods. */
const waitingFor = (sandbox: Sandbox, { spec: { workload } }: BootstrappedService): string | undefined => {
  const found = sandbox.kubernetes.get('deployment', workload.namespace, workload.primary);
  const deployment = found as unknown as Deployment;
  const now = new Date(sandbox.clock.now()).toISOString();
  const observed = { deployment, replicaSets: [], pods: [] };
  const { say, telling } = readiness(observed, watchFrom(deployment, now), now, { inMesh: false });
  return telling ? say : undefined;
};

const scaleToZero = (sandbox: Sandbox, { spec: { workload } }: BootstrappedService): void => {
  const target = sandbox.kubernetes.get('deployment', workload.namespace, workload.canary);
  if (target === undefined) return;
  const { name, namespace } = target.metadata;
  sandbox.kubernetes.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { ...(target.spec as object), replicas: 0 },
  });
};

/**
 * Sets a service up as Flagger does when its Canary is applied (fluxcd/flagger 1.44, pkg/controller/scheduler.go, steps 3
 * to 8): the mesh, the primary as a copy of the target; when it has its pods, the target goes to zero. Ends at
 * `ticks.until` at the latest, with the target at zero only if the primary was ready.
 */
export const bootstrapCanary = async (
  sandbox: Sandbox,
  service: BootstrappedService,
  { until, intervalMs, advance }: Ticks,
): Promise<readonly BootstrapEvent[]> => {
  const { service: name, workload } = service.spec;
  const events: BootstrapEvent[] = [];
  const tell = (phase: BootstrapEvent['phase'], text: string) =>
    events.push({ at: sandbox.clock.now(), phase, text });
  await bootstrapService(sandbox, { ...service, canaryReplicas: service.replicas, copied: true });
  for (let tick = sandbox.clock.now(); tick < until; tick += intervalMs) {
    await advance(tick);
    tell('Initializing', 'all the metrics providers are available!');
    const missing = waitingFor(sandbox, service);
    if (missing === undefined) {
      scaleToZero(sandbox, service);
      tell('Initialized', `Initialization done! ${name}.${workload.namespace}`);
      return events;
    }
    tell('Initializing', `${workload.primary}.${workload.namespace} not ready: ${missing}`);
  }
  return events;
};
