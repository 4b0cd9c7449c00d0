import { awsDomain } from '../../lambdas/core/partition.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import type { DeployableService } from '../rollouts.ts';

/** A Kubernetes object, as it is applied. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What manifests are made from. */
export type ServiceInCluster = Pick<DeployableService, 'spec' | 'target'>;

/** Label of everything that is generated: `kubectl get -l`. */
export const labels = { 'app.kubernetes.io/managed-by': 'stepcanary' } as const;

/** Objects are named after namespace and service: admission policies are the cluster's, so both are needed. */
export const objectName = ({ service, workload }: RolloutSpec): string =>
  `stepcanary-${workload.namespace}-${service}`;

/** Where the service's images come from: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY`. */
export const repositoryUri = ({ spec, target }: ServiceInCluster): string => {
  return `${target.account}.dkr.ecr.${target.region}.${awsDomain(target.region)}/${spec.trigger.ecr.repository}`;
};
