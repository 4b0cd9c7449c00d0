import { isCanaryError } from '../errors.ts';
import type { RolloutInput, Side } from '../rollout.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { Annotation } from './annotations.ts';
import { preflightConfigs } from './config/preflight.ts';
import { deployPatch, withImage } from './deploy.ts';
import { type Actor, overtakenBy } from './fence.ts';
import { selects } from './labels.ts';
import type { Deployment, PodTemplate } from './objects.ts';
import { canaryFields, ownerProblems, primaryFields } from './owners.ts';
import { podsOfNewest, withoutEnvoy } from './pods.ts';
import { type ClusterApi, WriteConflict } from './ports.ts';
import { copyPatch } from './template.ts';

/** A rollout that may be: doctor has a spec and no release yet. */
export type Subject = Pick<RolloutInput, 'service' | 'spec'> & { readonly actor?: Actor };

/** Every problem at once, each `path: what is wrong; the fix`, and the replicas that the primary has. */
export interface WorkloadFindings {
  readonly problems: readonly string[];
  /** What of the configuration is part of the release, in a sentence; empty where nothing is. */
  readonly configs: string;
  /** At least 1; meaningful when there are no problems. */
  readonly floor: number;
}

const deploymentProblems = (spec: RolloutSpec, side: Side, deployment: Deployment): readonly string[] => {
  const { container } = spec.workload;
  const { name } = deployment.metadata;
  const names = deployment.spec.template.spec.containers.map((it) => it.name);
  return [
    ...(names.includes(container)
      ? []
      : [
          `workload.container: the Deployment ${name} has no container ${container}; it has ${names.join(', ')}`,
        ]),
    ...(deployment.spec.paused
      ? [`workload.${side}: the Deployment ${name} is paused; kubectl rollout resume deployment/${name}`]
      : []),
    // It stops every pod before the first new one starts: the side would serve nothing at promotion.
    ...(deployment.spec.strategy?.type === 'Recreate'
      ? [
          `workload.${side}: the Deployment ${name} has spec.strategy.type Recreate, which takes all of its pods away at once; set it to RollingUpdate`,
        ]
      : []),
  ];
};

const primaryProblems = ({ metadata, spec, status }: Deployment): readonly string[] => {
  const desired = spec.replicas ?? 1;
  const available = status?.availableReplicas ?? 0;
  if (desired < 1)
    return [`workload.primary: the Deployment ${metadata.name} has 0 replicas; it must carry all traffic`];
  if (available >= desired) return [];
  return [
    `workload.primary: only ${available} of ${desired} pods of ${metadata.name} are available; mend it before a release`,
  ];
};

const selectorProblems = (primary: Deployment, canary: Deployment): readonly string[] => {
  const pairs = [
    [canary, primary],
    [primary, canary],
  ] as const;
  return pairs.flatMap(([one, other]) =>
    selects(one.spec.selector, other.spec.template.metadata?.labels ?? {})
      ? [
          `workload: the selector of ${one.metadata.name} selects the pods of ${other.metadata.name} too; give each Deployment a label of its own`,
        ]
      : [],
  );
};

const problemOf = (path: string, error: unknown): string => {
  if (!isCanaryError(error) || error.name === 'Canary.Transient') throw error;
  return `${path}: ${error.message}`;
};

/**
 * A route that the App Mesh controller owns would get its own weights back at its next reconcile, hours later (facts:
 * pkg/virtualrouter/routes_manager.go). Its name in AWS is `NAME_NAMESPACE` where the resource gives none.
 */
const routerProblems = async (api: ClusterApi, spec: RolloutSpec): Promise<readonly string[]> => {
  const { namespace } = spec.workload;
  const wanted = spec.router.appMesh.virtualRouter;
  try {
    const owner = (await api.virtualRouters()).find(
      (it) => (it.spec?.awsName ?? `${it.metadata.name}_${namespace}`) === wanted,
    );
    if (owner === undefined) return [];
    return [
      `router.appMesh.virtualRouter: ${wanted} is managed by the App Mesh controller (VirtualRouter ${owner.metadata.name} in namespace ${namespace}), which would put its own weights back; name a router that no VirtualRouter resource manages`,
    ];
  } catch (error) {
    return [problemOf('router.appMesh', error)];
  }
};

/** Looks at the primary's pods and at the autoscalers, as the rollout will: access to them is found out here. */
const podProblems = async (api: ClusterApi, primary: Deployment): Promise<readonly string[]> => {
  const labels = primary.spec.selector.matchLabels ?? {};
  try {
    const [replicaSets, pods] = await Promise.all([
      api.replicaSets(labels),
      api.pods(labels),
      api.autoscalers(),
    ]);
    const bare = withoutEnvoy(podsOfNewest(primary, replicaSets, pods), false);
    return bare === undefined ? [] : [`workload.primary: ${bare}`];
  } catch (error) {
    return [problemOf('workload.primary', error)];
  }
};

/**
 * Asks the API server whether it would take both writes of a rollout: RBAC and admission have their say here.
 * @param read the canary's pod template as the primary will read it, with the names of its copies
 */
const refusedWrites = async (
  api: ClusterApi,
  actor: Actor,
  primary: Deployment,
  canary: Deployment,
  read: PodTemplate,
): Promise<readonly string[]> => {
  const { spec, release } = actor.rollout;
  const template = withImage(read, spec.workload.container, release.image);
  const tested = { ...canary, spec: { ...canary.spec, template } };
  const writes = [
    ['canary', canary, () => deployPatch(canary, actor, { needed: 1, autoscaled: false, config: undefined })],
    ['primary', primary, () => copyPatch(primary, tested)],
  ] as const;
  const refused: string[] = [];
  // One after the other, so that faults and problems come in the same order in every run.
  for (const [side, { metadata }, patch] of writes) {
    try {
      await api.patchDeployment(metadata.name, patch(), { dryRun: true });
    } catch (error) {
      // Somebody writes right now: that is no refusal.
      if (!(error instanceof WriteConflict)) refused.push(problemOf(`workload.${side}`, error));
    }
  }
  return refused;
};

/** A claim with a lower number than the one that wrote last: the table was lost, and numbers began anew. */
const numberProblems = (
  { generation }: Actor,
  primary: Deployment | undefined,
  canary: Deployment | undefined,
): readonly string[] =>
  (
    [
      ['primary', primary],
      ['canary', canary],
    ] as const
  ).flatMap(([side, deployment]) => {
    const over = deployment && overtakenBy(deployment, generation);
    if (over === undefined) return [];
    const fix = `kubectl annotate deployment/${deployment?.metadata.name} ${Annotation.Generation}-`;
    return [`workload.${side}: ${over}; if the engine's table was lost since: ${fix}`];
  });

const read = async (
  api: ClusterApi,
  spec: RolloutSpec,
  side: Side,
  problems: string[],
): Promise<Deployment | undefined> => {
  const name = spec.workload[side];
  const { namespace } = spec.workload;
  try {
    const found = await api.deployment(name);
    if (found === undefined)
      problems.push(
        `workload.${side}: there is no Deployment ${name} in namespace ${namespace}; create it, or name another`,
      );
    return found;
  } catch (error) {
    problems.push(problemOf(`workload.${side}`, error));
    return undefined;
  }
};

/** Reads all of the workload that a rollout will touch. It writes nothing. Throws Canary.Transient when the cluster does not answer. */
export const preflightWorkload = async (
  api: ClusterApi,
  { service, spec, actor }: Subject,
): Promise<WorkloadFindings> => {
  const problems: string[] = [];
  const primary = await read(api, spec, 'primary', problems);
  const canary = await read(api, spec, 'canary', problems);
  if (primary !== undefined) {
    problems.push(...deploymentProblems(spec, 'primary', primary), ...primaryProblems(primary));
    problems.push(...ownerProblems(primary, primaryFields).map((it) => `workload.primary: ${it}`));
    problems.push(...(await podProblems(api, primary)));
  }
  if (canary !== undefined) {
    problems.push(...deploymentProblems(spec, 'canary', canary));
    const written = canaryFields(spec.workload.container);
    problems.push(...ownerProblems(canary, written).map((it) => `workload.canary: ${it}`));
  }
  if (primary !== undefined && canary !== undefined) problems.push(...selectorProblems(primary, canary));
  problems.push(...(await routerProblems(api, spec)));
  if (actor !== undefined) problems.push(...numberProblems(actor, primary, canary));
  const owner = { rollout: { service, spec }, generation: actor?.generation ?? 0 };
  const configs = primary && canary && (await preflightConfigs(api, owner, { primary, canary }));
  problems.push(...(configs?.problems ?? []));
  if (problems.length === 0 && primary && canary && actor && configs)
    problems.push(...(await refusedWrites(api, actor, primary, canary, configs.template)));
  return { problems, configs: configs?.say ?? '', floor: Math.max(1, primary?.spec.replicas ?? 1) };
};
