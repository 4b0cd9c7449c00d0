import type { RolloutInput } from '../../lambdas/core/rollout.ts';
import type { Sandbox } from '../sandbox.ts';
import { describeExecution, type Execution, type HistoryEvent, historyOf } from './executions.ts';
import type { LoadedScenario } from './load-scenario.ts';
import { type CanaryCount, type Observations, timed } from './observations.ts';
import { outcomeOf } from './outcome.ts';
import type { RehearsedRollout } from './result.ts';
import { recordOf, summaryOf } from './service-record.ts';

/** What the results of rollouts are made from. */
export interface Observed {
  readonly sandbox: Sandbox;
  readonly loaded: LoadedScenario;
  readonly observations: Observations;
  /** 0 s of the scenario, epoch milliseconds. */
  readonly start: number;
}

/** The span in which a rollout is the service's newest: its start, and the next one's (epoch milliseconds). */
interface Span {
  readonly from: number;
  readonly to: number;
  /** What clients had seen of the canary at its end. */
  readonly canary: CanaryCount;
}

/** The payload that a Lambda task answered with. */
const payloadOf = (event: HistoryEvent): { events?: Parameters<typeof timed>[0] } => {
  const output = event.taskSucceededEventDetails?.output;
  return output === undefined ? {} : ((JSON.parse(output) as { Payload?: object }).Payload ?? {});
};

/**
 * States entered, and each further attempt of a task: what Step Functions bills a Standard workflow by (pricing page:
 * "a state transition is counted each time a step of your workflow is executed", retries included).
 */
export const billedTransitions = (history: readonly HistoryEvent[]): number => {
  let entered = 0;
  let retried = 0;
  let attempts = 0;
  for (const { type } of history) {
    if (type.endsWith('StateEntered')) {
      entered++;
      attempts = 0;
    } else if (type === 'TaskScheduled' && attempts++ > 0) retried++;
  }
  return entered + retried;
};

const rolloutOf = async (
  { sandbox, observations, start }: Observed,
  execution: Execution,
  { from, to, canary }: Span,
): Promise<RehearsedRollout> => {
  const seconds = (at: number | Date) => Math.floor((Number(at) - start) / 1000);
  const described = await describeExecution(sandbox, execution.executionArn);
  const history = await historyOf(sandbox, execution.executionArn);
  const { service, release } = JSON.parse(described.input ?? '{}') as RolloutInput;
  const record = await recordOf(sandbox, service);
  const summary = await summaryOf(sandbox, service, execution.executionArn);
  const outcome = outcomeOf(described, record, summary?.outcome);
  const open = record.claim?.execution === execution.executionArn ? record.needs?.failure.reason : undefined;
  const before = observations.canaryAt(execution.name);
  const { lambdaInvocations, apiCalls } = observations.workOf(execution.name);
  return {
    service: service.split('@')[0] ?? service,
    version: release.tag,
    execution: execution.name,
    outcome,
    error: described.error ?? null,
    reason: described.cause ?? open ?? (outcome === 'promoted' ? '' : (summary?.reason ?? '')),
    startedAt: seconds(described.startDate),
    endedAt: described.stopDate === undefined ? null : seconds(described.stopDate),
    weights: observations.weightsBetween(from, to),
    events: history.flatMap((event) => timed(payloadOf(event).events, seconds(event.timestamp))),
    canaryRequests: canary.requests - before.requests,
    canaryFailures: canary.failures - before.failures,
    stateTransitions: billedTransitions(history),
    historyEvents: history.length,
    lambdaInvocations,
    apiCalls,
  };
};

/** Every rollout that had an execution, oldest first. @param now what clients have seen of the canary by the end */
export const rolloutsOf = async (
  observed: Observed,
  executions: readonly Execution[],
  now: CanaryCount,
): Promise<RehearsedRollout[]> => {
  const rollouts: RehearsedRollout[] = [];
  for (const [index, execution] of executions.entries()) {
    const next = executions[index + 1];
    const span = {
      from: execution.startDate.getTime(),
      to: next?.startDate.getTime() ?? Number.POSITIVE_INFINITY,
      canary: next === undefined ? now : observed.observations.canaryAt(next.name),
    };
    rollouts.push(await rolloutOf(observed, execution, span));
  }
  return rollouts;
};
