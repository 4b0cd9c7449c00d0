import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { RolloutInput } from '../../core/rollout.ts';
import type { Cluster } from '../../core/tasks.ts';
import type { ConfigObject } from '../../core/workload/config/content.ts';
import type { ConfigKind } from '../../core/workload/config/references.ts';
import type {
  Autoscaler,
  Deployment,
  Labels,
  Pod,
  ReplicaSet,
  VirtualRouter,
} from '../../core/workload/objects.ts';
import type { ClusterApi, Patch, PatchOptions } from '../../core/workload/ports.ts';
import { eksTokens } from '../eks-token.ts';
import { KubernetesClient, NotFound } from './client.ts';

const selectorOf = (labels: Labels): { labelSelector: string } => ({
  labelSelector: Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(','),
});

const PLURALS: Readonly<Record<ConfigKind, string>> = { ConfigMap: 'configmaps', Secret: 'secrets' };

const nothing = (error: unknown): undefined => {
  if (!(error instanceof NotFound)) throw error;
};

/** One namespace of a Kubernetes cluster. */
export class KubernetesNamespace implements ClusterApi {
  readonly #client: KubernetesClient;
  readonly #namespace: string;

  constructor(client: KubernetesClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  #path(group: string, plural: string, name?: string): string {
    const path = `/${group}/namespaces/${this.#namespace}/${plural}`;
    return name === undefined ? path : `${path}/${name}`;
  }

  async deployment(name: string): Promise<Deployment | undefined> {
    const path = this.#path('apis/apps/v1', 'deployments', name);
    return this.#client.get<Deployment>(path).catch(nothing);
  }

  replicaSets(labels: Labels): Promise<readonly ReplicaSet[]> {
    return this.#client.list(this.#path('apis/apps/v1', 'replicasets'), selectorOf(labels));
  }

  pods(labels: Labels): Promise<readonly Pod[]> {
    return this.#client.list(this.#path('api/v1', 'pods'), selectorOf(labels));
  }

  autoscalers(): Promise<readonly Autoscaler[]> {
    return this.#client.list(this.#path('apis/autoscaling/v2', 'horizontalpodautoscalers'));
  }

  async virtualRouters(): Promise<readonly VirtualRouter[]> {
    const path = this.#path('apis/appmesh.k8s.aws/v1beta2', 'virtualrouters');
    return (await this.#client.list<VirtualRouter>(path).catch(nothing)) ?? [];
  }

  async config(kind: ConfigKind, name: string): Promise<ConfigObject | undefined> {
    const found = await this.#client
      .get<ConfigObject>(this.#path('api/v1', PLURALS[kind], name))
      .catch(nothing);
    return found && { ...found, kind };
  }

  async applyConfig(
    kind: ConfigKind,
    name: string,
    body: object,
    options?: PatchOptions,
  ): Promise<ConfigObject> {
    const patch = { type: 'apply', body } as const;
    return {
      ...(await this.#client.patch<ConfigObject>(this.#path('api/v1', PLURALS[kind], name), patch, options)),
      kind,
    };
  }

  patchDeployment(name: string, patch: Patch, options?: PatchOptions): Promise<Deployment> {
    return this.#client.patch(this.#path('apis/apps/v1', 'deployments', name), patch, options);
  }

  patchAutoscaler(name: string, patch: Patch): Promise<Autoscaler> {
    return this.#client.patch(this.#path('apis/autoscaling/v2', 'horizontalpodautoscalers', name), patch);
  }
}

/** The namespace of a service's workload, entered with the service's role. */
export const clusterApi = (
  { spec, target }: Pick<RolloutInput, 'spec' | 'target'>,
  { name, endpoint, certificateAuthority }: Cluster,
  credentials: AwsCredentialIdentityProvider,
): ClusterApi => {
  const token = eksTokens({ region: target.region, cluster: name }, credentials);
  const client = new KubernetesClient({ endpoint, certificateAuthority, token });
  return new KubernetesNamespace(client, spec.workload.namespace);
};
