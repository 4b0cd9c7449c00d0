import { ENGINE } from '../../infra/names.ts';
import { judgeAgain } from '../../lambdas/core/judge/again.ts';
import type { RolloutBasis } from '../../lambdas/core/record.ts';
import { beforeSwitch } from '../../lambdas/core/spec/strategy.ts';
import type { JudgeCanaryResult, VerdictRecord } from '../../lambdas/core/tasks.ts';
import { describeExecution, historyOf, listExecutions } from '../../sandbox/rehearsal/executions.ts';
import type { LoadedScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import type { RehearsalResult } from '../../sandbox/rehearsal/result.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { REPLICAS, replicasOf, routeNames } from './watcher.ts';

/** A rehearsal that has ended. */
export interface Ended {
  readonly sandbox: Sandbox;
  readonly loaded: LoadedScenario;
  readonly result: RehearsalResult;
}

interface Item {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
  readonly [attribute: string]: { readonly S?: string };
}

const itemsOf = async (sandbox: Sandbox): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let ExclusiveStartKey: unknown;
  do {
    const page = await sandbox.call('dynamodb', 'Scan', {
      TableName: ENGINE.table,
      ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
    });
    items.push(...((page.Items ?? []) as Item[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
};

/** Then the replicas are the autoscaler's. */
const isAutoscaled = ({ scenario }: LoadedScenario): boolean =>
  scenario.cluster.some(({ kind }) => kind === 'HorizontalPodAutoscaler');

/** A cluster that was away for long may have kept the canary's pods, which get no traffic. */
const clusterWasAway = ({ scenario }: LoadedScenario): boolean =>
  scenario.timeline.some(({ fault }) => fault?.call.startsWith('kubernetes.') && fault.times >= 50);

/** Pods of the primary after it all: as many as before, or as somebody has asked for meanwhile. */
const replicasWanted = ({ scenario }: LoadedScenario): number => {
  const asked = scenario.timeline.flatMap(({ deployment }) => {
    const { replicas } = (deployment?.primary ?? {}) as { readonly replicas?: number };
    return replicas ?? [];
  });
  return asked.at(-1) ?? REPLICAS;
};

/** I1: traffic on one side, the recorded one; only what waits for a person stays locked. */
const traffic = ({ sandbox, loaded, result }: Ended): string[] => {
  const { weights, locked, canaryReplicas } = result.final;
  const failed = result.rollouts.some(
    ({ outcome, error }) => outcome === 'failed' && error !== 'Canary.Refused',
  );
  const running = result.rollouts.some(({ outcome }) => outcome === 'running');
  if (running) return ['I1: a rollout still runs at the end'];
  // What was refused has touched nothing, so the weights are whatever they were.
  if (result.rollouts.every(({ error }) => error === 'Canary.Refused')) return [];
  const onCanary = locked && failed;
  return [
    ...(locked && !failed ? ['I1: the service is locked at the end'] : []),
    ...(weights[onCanary ? 'canary' : 'primary'] === 100 && weights.primary + weights.canary === 100
      ? []
      : [`I1: the weights are ${JSON.stringify(weights)} at the end, ${onCanary ? 'locked' : 'free'}`]),
    ...(!onCanary && !clusterWasAway(loaded) && canaryReplicas !== 0
      ? [`the canary has ${canaryReplicas} replicas at the end`]
      : []),
    ...(isAutoscaled(loaded) || replicasOf(sandbox, loaded, 'primary') === replicasWanted(loaded)
      ? []
      : [`the primary has ${replicasOf(sandbox, loaded, 'primary')} replicas at the end`]),
  ];
};

/** I4: of the routes, only the spec's own is left. */
const routes = ({ sandbox, loaded }: Ended): string[] => {
  const { mesh, virtualRouter } = loaded.spec.router.appMesh;
  const own = routeNames(loaded).slice(1);
  const left = sandbox.stores.meshes.routes(loaded.target, mesh, virtualRouter);
  return left
    .filter(({ path }) => own.includes(path.at(-1) ?? ''))
    .map(({ path }) => `I4: the route ${path.at(-1)} is still there at the end`);
};

/** I1: as soon as the router accepts a write, which without faults of router and table is when the rollout ends. */
const atOnce = ({ loaded, result }: Ended): string[] => {
  const away = loaded.scenario.timeline.some(
    ({ fault, crash, route }) =>
      /^(appmesh|dynamodb|sts)\./.test(fault?.call ?? '') || crash !== undefined || route !== undefined,
  );
  if (away) return [];
  return result.rollouts.flatMap(({ version, weights, endedAt }) => {
    const [at, share] = weights.at(-1) ?? [0, 0];
    if (endedAt === null || at <= endedAt + 1) return [];
    return [`I1: ${version} ended at ${endedAt} s, and its traffic came to ${share} % at ${at} s only`];
  });
};

/** I3: no two rollouts at once; a version runs again only when another came between, or when what its pods read has changed. */
const oncePerRevision = ({ loaded, result }: Ended): string[] => {
  const ran = result.rollouts.filter(({ execution }) => execution !== null);
  const changedAt = loaded.scenario.timeline.flatMap(({ at, config }) => (config === undefined ? [] : [at]));
  return ran.flatMap((rollout, index) => {
    const next = ran[index + 1];
    if (next === undefined) return [];
    // Another one may have started nothing, because it ran already.
    const since = (at: number) => at > rollout.startedAt && at <= next.startedAt;
    const between =
      changedAt.some(since) ||
      result.rollouts.some(({ version, startedAt }) => version !== next.version && since(startedAt));
    return [
      ...(next.version === rollout.version && !between ? [`I3: ${next.version} was started twice`] : []),
      ...(rollout.endedAt === null || next.startedAt < rollout.endedAt
        ? [`I3: ${next.version} was started while ${rollout.version} was running`]
        : []),
    ];
  });
};

/** The outputs of an execution's verdicts, in order. */
const verdictsTold = async (sandbox: Sandbox, arn: string): Promise<JudgeCanaryResult[]> => {
  let state = '';
  const told: JudgeCanaryResult[] = [];
  for (const event of await historyOf(sandbox, arn)) {
    state = event.stateEnteredEventDetails?.name ?? state;
    const output = event.taskSucceededEventDetails?.output;
    if (state === 'Judge canary' && output !== undefined)
      told.push((JSON.parse(output) as { Payload: JudgeCanaryResult }).Payload);
  }
  return told;
};

const afterDrift = (say: string): string => say.replace(/^Somebody set .*?; it is back at [\d/]+\. /, '');

/** I2 and I6: each verdict is recorded, comes out the same again, and none that advances is without evidence. */
const verdicts = async ({ sandbox, loaded }: Ended): Promise<string[]> => {
  const items = await itemsOf(sandbox);
  const problems: string[] = [];
  for (const { executionArn, name } of await listExecutions(sandbox)) {
    const records = items
      .filter(({ sk }) => sk.S.startsWith(`verdict#${name}#`))
      .flatMap((item) =>
        item.verdict?.S === undefined ? [] : [JSON.parse(item.verdict.S) as VerdictRecord],
      );
    const basis = items.find(({ sk }) => sk.S === `basis#${name}`)?.basis?.S;
    const { past } = (basis === undefined ? {} : JSON.parse(basis)) as Partial<RolloutBasis>;
    const told = await verdictsTold(sandbox, executionArn);
    for (const { analysis, decision, say } of told) {
      const record = records.find(({ tick }) => tick === analysis.ticks);
      if (record === undefined || record.decision !== decision || record.say !== afterDrift(say)) {
        problems.push(`I6: no record of tick ${analysis.ticks}, "${say}"`);
        continue;
      }
      const again = judgeAgain(record, loaded.spec, past);
      if (again.decision !== decision || again.reason !== record.reason || again.say !== record.say)
        problems.push(`I6: tick ${record.tick} was ${decision}, and judged again is ${again.decision}`);
      const requests = record.periods.reduce((sum, { canary }) => sum + (canary?.requests ?? 0), 0);
      // Blue/green's switch is the canary's first traffic: as with a first step, nothing can be known before it.
      const first = beforeSwitch(loaded.spec, record.weight);
      if (decision === 'advance' && requests === 0 && !first)
        problems.push(`I2: tick ${record.tick} advanced on nothing`);
    }
  }
  return problems;
};

const NAMED = ['Canary.RolledBack', 'Canary.Rejected', 'Canary.Superseded'];

/** I7: what was rolled back ended in Fail with its name, unless it was stopped from outside. */
const namedEnds = async ({ sandbox, result }: Ended): Promise<string[]> => {
  const problems: string[] = [];
  for (const { executionArn, name } of await listExecutions(sandbox)) {
    const { status, error = '', cause } = await describeExecution(sandbox, executionArn);
    const outcome = result.rollouts.find(({ execution }) => execution === name)?.outcome;
    const stopped = status === 'ABORTED' || status === 'TIMED_OUT';
    if (outcome === 'promoted' && status !== 'SUCCEEDED' && !stopped)
      problems.push(`I7: ${name} ended as ${status}`);
    if (['rolledBack', 'rejected', 'superseded'].includes(outcome ?? '')) {
      if (!['FAILED', 'ABORTED', 'TIMED_OUT'].includes(status))
        problems.push(`I7: ${name} ended as ${status}`);
      if (status === 'FAILED' && (!NAMED.includes(error) || !cause))
        problems.push(`I7: ${name} failed with "${error}": ${cause}`);
    }
  }
  return problems;
};

/** Everything that does not hold after a rehearsal, one sentence each. */
export const brokenInvariants = async (ended: Ended): Promise<string[]> => [
  ...traffic(ended),
  ...routes(ended),
  ...atOnce(ended),
  ...oncePerRevision(ended),
  ...(await verdicts(ended)),
  ...(await namedEnds(ended)),
];
