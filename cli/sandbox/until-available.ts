import type { DeployableService } from '../../infra/rollouts.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

const LOOK_EVERY_MS = 50;
/** Pods of the sandbox start within a few seconds; one that takes this long does not come. */
const LONGEST_MS = 60_000;

const isAvailable = (sandbox: Pick<Sandbox, 'kubernetes'>, { spec }: Pick<DeployableService, 'spec'>) => {
  const { namespace, primary } = spec.workload;
  const deployment = sandbox.kubernetes.get('deployment', namespace, primary);
  const { replicas } = (deployment?.spec ?? {}) as { replicas?: number };
  const { availableReplicas = 0 } = (deployment?.status ?? {}) as { availableReplicas?: number };
  return deployment !== undefined && availableReplicas >= (replicas ?? 1);
};

/**
 * Waits until all pods of a service's primary are available, as its team would have them: the preflight refuses a primary
 * that is short of pods. Throws an Error that names the Deployment when they do not come within a minute.
 */
export const untilAvailable = async (
  sandbox: Pick<Sandbox, 'kubernetes' | 'clock'>,
  service: Pick<DeployableService, 'spec'>,
): Promise<void> => {
  const end = sandbox.clock.now() + LONGEST_MS;
  while (!isAvailable(sandbox, service)) {
    if (sandbox.clock.now() > end)
      throw new Error(`the pods of the Deployment ${service.spec.workload.primary} do not become available`);
    await sandbox.clock.sleep(LOOK_EVERY_MS);
  }
};
