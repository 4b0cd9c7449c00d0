import { CanaryError, isCanaryError } from '../errors.ts';
import type { MetricIdentity } from '../evidence.ts';
import type { ClusterDirectory, ImageRepository, MetricSource, TrafficRouter } from '../ports.ts';
import type { RolloutInput } from '../rollout.ts';
import type { Cluster } from '../tasks.ts';

/** What the preflight looks at. */
export interface PreflightPorts {
  readonly router: TrafficRouter;
  readonly clusters: ClusterDirectory;
  readonly images: ImageRepository;
  readonly metrics: MetricSource;
}

/** What was found, and every problem at once, each `path: what is wrong; the fix`. */
export interface PreflightFindings {
  readonly problems: readonly string[];
  readonly cluster?: Cluster;
  readonly metrics?: MetricIdentity;
  /** Percent that the canary has now. */
  readonly canaryWeight?: number;
}

type Subject = Omit<RolloutInput, 'release'> & {
  readonly release?: RolloutInput['release'];
  /** Whether the service's record knows an earlier rollout that may have left weight on the canary. */
  readonly known?: boolean;
};

/** A problem that one of ours states is a finding; any other error is not for the preflight to explain. */
const finding = async <T>(
  path: string,
  problems: string[],
  look: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await look();
  } catch (error) {
    if (!isCanaryError(error) || error.name === 'Canary.Transient') throw error;
    problems.push(error.message.startsWith(path) ? error.message : `${path}: ${error.message}`);
    return undefined;
  }
};

const checkImage = async ({ spec, release }: Subject, images: ImageRepository): Promise<void> => {
  if (release === undefined) return;
  const { repository } = spec.trigger.ecr;
  const image = await images.find(repository, release.digest);
  if (image !== undefined) return;
  throw new CanaryError(
    'Canary.Refused',
    `${release.image} is not in the repository ${repository}; push it, or start with a tag that is there`,
  );
};

/** Nobody else's route, and nobody else's experiment: weight on the canary must be what a rollout of ours left there. */
const checkOwner = async (
  { service, spec, known = false }: Subject,
  router: TrafficRouter,
  canaryWeight: number,
): Promise<void> => {
  const owner = await router.owner();
  if (owner !== undefined && owner !== service)
    throw new CanaryError(
      'Canary.Refused',
      `the route belongs to ${owner} (tag stepcanary:service); give each service its own route, or remove the tag if ${owner} is gone`,
    );
  if (canaryWeight === 0 || owner === service || known) return;
  const { canary, primary } = spec.router.appMesh;
  throw new CanaryError(
    'Canary.Refused',
    `${canary} has ${canaryWeight} % of the traffic, and no rollout of ${service} has put it there: is it somebody's experiment? End it (${primary} 100, ${canary} 0), then release again`,
  );
};

const checkCluster = async ({ target }: Subject, clusters: ClusterDirectory): Promise<Cluster> => {
  const found = await clusters.describe(target.cluster);
  if (found === undefined) {
    throw new CanaryError(
      'Canary.Refused',
      `there is no active cluster ${target.cluster} in ${target.region} of account ${target.account}`,
    );
  }
  if (!found.accessEntries) {
    throw new CanaryError(
      'Canary.Refused',
      `cluster ${target.cluster} is in CONFIG_MAP mode, where access entries do nothing; set its authentication mode to API_AND_CONFIG_MAP`,
    );
  }
  return found.cluster;
};

/** Reads all that AWS knows of what a rollout will touch. It writes nothing. Throws Canary.Transient when AWS does not answer. */
export const preflightAws = async (
  subject: Subject,
  ports: PreflightPorts,
  now: Date,
): Promise<PreflightFindings> => {
  const problems: string[] = [];
  const { router, images, clusters } = ports;
  const cluster = await finding('target', problems, () => checkCluster(subject, clusters));
  const route = await finding('router.appMesh', problems, () => router.read());
  if (route !== undefined) {
    const path = 'router.appMesh.route';
    await finding(path, problems, () => checkOwner(subject, router, route.weights.canary));
    const obstacles = await finding(path, problems, () => router.obstacles());
    problems.push(...(obstacles ?? []).map((obstacle) => `${path}: ${obstacle}`));
  }
  await finding('trigger.ecr', problems, () => checkImage(subject, images));
  const metrics = await finding('analysis.source', problems, () =>
    ports.metrics.identify(router.identity, now),
  );
  return {
    problems,
    ...(cluster && { cluster }),
    ...(metrics && { metrics }),
    ...(route && { canaryWeight: route.weights.canary }),
  };
};
