import { AppMeshClient } from '@aws-sdk/client-app-mesh';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { EKSClient } from '@aws-sdk/client-eks';
import { SSMClient } from '@aws-sdk/client-ssm';
import { XRayClient } from '@aws-sdk/client-xray';
import { serviceAtTarget } from '../../infra/names.ts';
import type { DeployableService } from '../../infra/rollouts.ts';
import { fromAws } from '../../lambdas/adapters/aws-errors.ts';
import { EcrImages } from '../../lambdas/adapters/ecr.ts';
import { EksClusters } from '../../lambdas/adapters/eks.ts';
import { metricSourceOf } from '../../lambdas/adapters/metric-source.ts';
import { prometheusClient } from '../../lambdas/adapters/prometheus/amazon.ts';
import { readService } from '../../lambdas/adapters/spec-parameters.ts';
import { trafficRouterOf } from '../../lambdas/adapters/traffic-router.ts';
import { isCanaryError } from '../../lambdas/core/errors.ts';
import type { MetricIdentity } from '../../lambdas/core/evidence.ts';
import { type PreflightPorts, preflightAws } from '../../lambdas/core/preflight/aws.ts';
import type { Cluster } from '../../lambdas/core/tasks.ts';
import { ownReader } from '../aws.ts';
import { type Check, sorted } from './check.ts';

/** The outcome of all that is asked of AWS. */
export interface AwsChecks {
  readonly checks: readonly Check[];
  /** Undefined where the cluster was not found. */
  readonly cluster: Cluster | undefined;
}

const portsOf = ({ spec, target: { region } }: DeployableService): PreflightPorts => ({
  router: trafficRouterOf(spec, new AppMeshClient({ region })),
  clusters: new EksClusters(new EKSClient({ region })),
  images: new EcrImages(new ECRClient({ region })),
  metrics: metricSourceOf(spec, {
    cloudWatch: () => new CloudWatchClient({ region }),
    xRay: () => new XRayClient({ region }),
    prometheus: (source) => prometheusClient(source, ownReader(region)),
  }),
});

/** A refusal of AWS is what a check found; a lost connection is not. */
const problemsOf = (path: string, error: unknown): string[] => {
  if (!isCanaryError(error) || error.name === 'Canary.Transient') throw error;
  return [`${path}: ${error.message}`];
};

const checkRepository = async ({ spec, target: { region } }: DeployableService): Promise<string[]> => {
  const { repository } = spec.trigger.ecr;
  const path = 'trigger.ecr.repository';
  try {
    await new ECRClient({ region })
      .send(new DescribeRepositoriesCommand({ repositoryNames: [repository] }))
      .catch(fromAws(`describe the repository ${repository}`));
    return [];
  } catch (error) {
    if ((error as Error).name !== 'RepositoryNotFoundException') return problemsOf(path, error);
    return [
      `${path}: there is no such repository in ${region}, got "${repository}"; create it, or correct the name`,
    ];
  }
};

/** Whether the engine has the service, with this very spec. */
const checkDeployed = async ({ spec, target }: DeployableService): Promise<string[]> => {
  const name = serviceAtTarget(spec);
  try {
    const deployed = await readService(name, new SSMClient({ region: target.region }));
    if (JSON.stringify(deployed.spec) === JSON.stringify(spec)) return [];
    return [`engine: ${name} is deployed with another spec than the file's; run npm run deploy`];
  } catch (error) {
    if (isCanaryError(error, 'Canary.InvalidInput'))
      return [`engine: ${name} is not deployed; run npm run deploy`];
    return problemsOf('engine', error);
  }
};

const metricsNote = (identity: MetricIdentity | undefined): string | undefined =>
  identity?.unseen === undefined
    ? undefined
    : `no metrics yet from ${identity.unseen.join(', ')}: they are looked for under the usual names, and without them nothing is promoted`;

/** Asks AWS for all that a rollout will touch, with this user's credentials. Throws Canary.Transient when it does not answer. */
export const checkAws = async (service: DeployableService, roleArn: string): Promise<AwsChecks> => {
  const { spec, target } = service;
  const { cluster, region } = target;
  const { appMesh } = spec.router;
  const subject = { service: serviceAtTarget(spec), spec, target, roleArn };
  const [found, repository, deployed] = await Promise.all([
    preflightAws(subject, portsOf(service), new Date()),
    checkRepository(service),
    checkDeployed(service),
  ]);
  const note = metricsNote(found.metrics);
  const source = 'analysis.source';
  const checks = sorted(
    [
      { path: 'engine', say: 'the service is deployed, with this spec' },
      { path: 'target', say: `the cluster ${cluster} in ${region} takes access entries` },
      {
        path: 'router.appMesh',
        say: `the route ${appMesh.route} leads to ${appMesh.primary} and ${appMesh.canary}, ${found.canaryWeight ?? 0} % to the canary, and nobody else owns it`,
      },
      { path: 'trigger.ecr', say: `the repository ${spec.trigger.ecr.repository} is there` },
      { path: source, say: 'the metrics tell the versions apart' },
    ],
    [...deployed, ...found.problems, ...repository],
  ).map((check) => (check.path === source && note !== undefined ? { ...check, note } : check));
  return { checks, cluster: found.cluster };
};
