import { kubernetesManifests } from '../../infra/kubernetes.ts';
import type { DeploymentTarget } from '../../infra/targets.ts';
import type { CanaryNetwork } from '../../lambdas/core/spec/flagger/network.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { prometheusServersOf } from '../../lambdas/core/spec/source.ts';
import type { Sandbox } from '../sandbox.ts';
import { type Configs, configManifests } from './configs.ts';
import { pullReference, pushImage } from './image.ts';
import { workloadManifests } from './manifests.ts';
import { createMesh } from './mesh.ts';

/** A service as its team runs it before the first rollout. */
export interface BootstrappedService {
  readonly spec: RolloutSpec;
  readonly target: DeploymentTarget;
  /** The version that runs. */
  readonly running: string;
  /** Pods of the primary. */
  readonly replicas: number;
  /** Pods of the canary. @default 0 */
  readonly canaryReplicas?: number;
  /** Ports and what the route has beside its weights. @default podinfo's */
  readonly network?: CanaryNetwork;
  /** ConfigMaps and Secrets that its pods read, with their values: `ConfigMap/podinfo-config`. */
  readonly configs?: Configs;
  /** Whether the primary has copies of them, as Flagger makes them. @default false: both sides read the same */
  readonly copied?: boolean;
  /** Seconds that Kubernetes gives pods to become ready. */
  readonly progressDeadline?: number;
}

/** The webhook that the spec's secret is to hold; a secret that is named by its ARN is somebody's own. */
const storeWebhook = (sandbox: Sandbox, { spec, target }: BootstrappedService): void => {
  const name = spec.alerts.slack?.secret;
  if (name === undefined || name.startsWith('arn:')) return;
  sandbox.stores.secrets.put(target, name, { text: sandbox.slackWebhook }, sandbox.clock.now());
};

/** What the secrets of Prometheus servers hold: those servers let nobody else in. */
const READER = 'a-token-of-the-sandbox';

const storePrometheusSecrets = (sandbox: Sandbox, { spec, target }: BootstrappedService): void => {
  for (const { url, auth } of prometheusServersOf(spec.analysis)) {
    if (url === undefined || auth === undefined || auth.secret.startsWith('arn:')) continue;
    sandbox.stores.secrets.put(target, auth.secret, { text: READER }, sandbox.clock.now());
    sandbox.stores.prometheus.demand(url, `Bearer ${READER}`);
  }
};

/**
 * Puts into an empty sandbox what a team has: the mesh, the image that runs, the Deployments, what the service's
 * role may do in the cluster, and the webhook of its Slack channel. Do so before the service's stack is deployed: the first push is not one to roll out.
 */
export const bootstrapService = async (sandbox: Sandbox, service: BootstrappedService): Promise<void> => {
  const { spec, target, running, replicas, canaryReplicas, network, progressDeadline, configs, copied } =
    service;
  const place = { account: target.account, region: target.region };
  await createMesh(spec, (operation, input) => sandbox.call('appmesh', operation, input, place), network);
  const { repository } = spec.trigger.ecr;
  const image = await pushImage(sandbox, place, repository, running);
  for (const manifest of workloadManifests(spec, {
    image: pullReference(place, repository, running, image),
    replicas,
    ...(canaryReplicas !== undefined && { canaryReplicas }),
    ...(network && { port: network.port }),
    ...(configs && { configs: Object.keys(configs), copied: copied === true }),
    ...(progressDeadline !== undefined && { progressDeadline }),
  })) {
    sandbox.kubernetes.apply(manifest);
  }
  for (const { manifest, by } of configManifests(spec, configs ?? {}, copied === true))
    sandbox.kubernetes.apply(manifest, { fieldManager: by });
  for (const manifest of kubernetesManifests(service)) sandbox.kubernetes.apply(manifest);
  storeWebhook(sandbox, service);
  storePrometheusSecrets(sandbox, service);
};
