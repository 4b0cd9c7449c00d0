import type { RolloutInput } from '../../lambdas/core/rollout.ts';
import type { BootstrapEvent } from '../bootstrap/canary.ts';
import { versionOfImage } from '../kubernetes/pods/images.ts';
import type { Sandbox } from '../sandbox.ts';
import {
  describeExecution,
  type Execution,
  type HistoryEvent,
  historyOf,
  listExecutions,
} from './executions.ts';
import type { LoadedScenario } from './load-scenario.ts';
import { type Observations, timed } from './observations.ts';
import type { FinalState, RehearsalResult, RehearsedRollout } from './result.ts';
import type { ScenarioOutcome } from './scenario.ts';
import { recordOf } from './service-record.ts';
import type { ServiceTraffic } from './service-traffic.ts';

/** What a rehearsal leaves behind, from which its result is made. */
export interface Played {
  readonly sandbox: Sandbox;
  readonly loaded: LoadedScenario;
  readonly traffic: ServiceTraffic;
  readonly observations: Observations;
  /** What was told while the service was set up. */
  readonly bootstrapped: readonly BootstrapEvent[];
  readonly start: number;
  readonly wallStart: number;
}

const OUTCOMES: Readonly<Record<string, ScenarioOutcome>> = {
  'Canary.RolledBack': 'rolledBack',
  'Canary.Rejected': 'rejected',
  'Canary.Superseded': 'superseded',
};

/** Stopped or timed out: rescue has brought traffic back, which is a rollback; but not where a person must act. */
const outcomeOf = ({ status, error = '' }: Execution, needsPerson: boolean): ScenarioOutcome => {
  if (status === 'RUNNING') return 'running';
  if (status === 'SUCCEEDED') return 'promoted';
  if (status === 'ABORTED' || status === 'TIMED_OUT') return needsPerson ? 'failed' : 'rolledBack';
  return OUTCOMES[error] ?? 'failed';
};

/** The payload that a Lambda task answered with. */
const payloadOf = (event: HistoryEvent): { events?: Parameters<typeof timed>[0] } => {
  const output = event.taskSucceededEventDetails?.output;
  return output === undefined ? {} : ((JSON.parse(output) as { Payload?: object }).Payload ?? {});
};

/** States entered, and the retries of tasks: what Step Functions bills a Standard workflow by. */
const billedTransitions = (history: readonly HistoryEvent[]): number =>
  history.filter(({ type }) => type.endsWith('StateEntered')).length +
  history.filter(({ type }) => type === 'TaskScheduled').length -
  history.filter(({ type }) => type === 'TaskStateEntered').length;

const rolloutOf = async (played: Played, execution: Execution, until: number): Promise<RehearsedRollout> => {
  const { sandbox, observations, traffic, start } = played;
  const seconds = (date: Date) => Math.floor((date.getTime() - start) / 1000);
  const described = await describeExecution(sandbox, execution.executionArn);
  const history = await historyOf(sandbox, execution.executionArn);
  const { service, release } = JSON.parse(described.input ?? '{}') as RolloutInput;
  const { needs } = await recordOf(sandbox, service);
  const outcome = outcomeOf(described, needs?.what === 'person');
  const startedAt = seconds(described.startDate);
  const endedAt = described.stopDate === undefined ? null : seconds(described.stopDate);
  const work = observations.workOf(execution.name);
  const { requests, failures } = observations.canaryOf(execution.name, traffic.canary());
  return {
    service: service.split('@')[0] ?? service,
    version: release.tag,
    execution: execution.name,
    outcome,
    error: described.error ?? null,
    reason: described.cause ?? (outcome === 'promoted' ? '' : (needs?.failure.reason ?? '')),
    startedAt,
    endedAt,
    weights: observations.weightsBetween(startedAt, until),
    events: history.flatMap((event) => timed(payloadOf(event).events, seconds(event.timestamp))),
    canaryRequests: requests,
    canaryFailures: failures,
    stateTransitions: billedTransitions(history),
    historyEvents: history.length,
    lambdaInvocations: work.lambdaInvocations,
    apiCalls: Object.fromEntries([...work.apiCalls].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
};

/** The parts of a Deployment that the result tells of. */
interface DeploymentSpec {
  readonly replicas?: number;
  readonly template: {
    readonly spec: { readonly containers: readonly { readonly name: string; readonly image?: string }[] };
  };
}

const finalOf = async ({ sandbox, loaded, traffic }: Played): Promise<FinalState> => {
  const { namespace, primary, canary, container } = loaded.spec.workload;
  const specOf = (name: string) =>
    sandbox.kubernetes.get('deployment', namespace, name)?.spec as DeploymentSpec | undefined;
  const containers = specOf(primary)?.template.spec.containers ?? [];
  const { claim } = await recordOf(sandbox, `${loaded.spec.service}@${loaded.spec.target}`);
  return {
    primaryVersion: versionOfImage(containers.find(({ name }) => name === container)?.image ?? ''),
    canaryReplicas: specOf(canary)?.replicas ?? 0,
    weights: traffic.weights(),
    locked: claim !== undefined,
  };
};

/** Entries of the timeline that asked for a release which started no execution. */
const skippedOf = (
  { loaded, observations }: Played,
  ran: readonly RehearsedRollout[],
): RehearsedRollout[] => {
  const left = [...ran];
  const asked = [...loaded.scenario.timeline]
    .sort((a, b) => a.at - b.at)
    .filter(({ push, start }) => (push ?? start) !== undefined);
  return asked.flatMap(({ push, start, at }) => {
    const version = push ?? start ?? '';
    const index = left.findIndex((rollout) => rollout.version === version && rollout.startedAt >= at);
    if (index >= 0) {
      left.splice(index, 1);
      return [];
    }
    return [
      {
        service: loaded.spec.service,
        version,
        execution: null,
        outcome: 'skipped' as const,
        error: null,
        reason: observations.notStarted.get(at) ?? '',
        startedAt: at,
        endedAt: at,
        weights: [],
        events: [],
        canaryRequests: 0,
        canaryFailures: 0,
        stateTransitions: 0,
        historyEvents: 0,
        lambdaInvocations: 0,
        apiCalls: {},
      },
    ];
  });
};

/** The result of a rehearsal that has come to its end. */
export const summarise = async (played: Played): Promise<RehearsalResult> => {
  const { sandbox, loaded, traffic, observations, bootstrapped, start, wallStart } = played;
  const totals = traffic.model.totals();
  const executions = await listExecutions(sandbox);
  const starts = executions.map(({ startDate }) => Math.floor((startDate.getTime() - start) / 1000));
  const ran: RehearsedRollout[] = [];
  for (const [index, execution] of executions.entries()) {
    ran.push(await rolloutOf(played, execution, starts[index + 1] ?? Number.POSITIVE_INFINITY));
  }
  const rollouts = [...ran, ...skippedOf(played, ran)].sort((a, b) => a.startedAt - b.startedAt);
  return {
    name: loaded.scenario.name,
    seed: loaded.scenario.seed,
    requests: totals.requests,
    failedRequests: totals.failures,
    virtualSeconds: Math.floor((sandbox.clock.now() - start) / 1000),
    wallSeconds: Math.round((performance.now() - wallStart) / 10) / 100,
    events: bootstrapped.map((event) => ({ ...event, at: Math.floor((event.at - start) / 1000) })),
    rollouts,
    alerts: observations.alerts,
    final: await finalOf(played),
  };
};
