import type { ServiceRecord } from '../../lambdas/core/record.ts';
import type { Outcome } from '../../lambdas/core/rollout.ts';
import type { Execution } from './executions.ts';
import type { ScenarioOutcome } from './scenario.ts';

/** How executions end that end by themselves (`statemachine/rollout.asl.json`); any other name needs a person. */
const BY_ERROR: Readonly<Record<string, ScenarioOutcome>> = {
  'Canary.RolledBack': 'rolledBack',
  'Canary.Rejected': 'rejected',
  'Canary.Superseded': 'superseded',
};

/** What the service's history says of a rollout that rescue ended: a stop after traffic had returned undid nothing. */
const BY_HISTORY: Readonly<Record<Outcome, ScenarioOutcome>> = {
  promoted: 'promoted',
  rolledBack: 'rolledBack',
  rejected: 'rejected',
  superseded: 'superseded',
  refused: 'failed',
  failed: 'failed',
};

/** Rescue ended it, or is still at it: then a person was paged, unless only its second look is left. */
const rescued = (
  { executionArn }: Execution,
  { claim, needs }: Pick<ServiceRecord, 'claim' | 'needs'>,
  history: Outcome | undefined,
): ScenarioOutcome => {
  if (claim?.execution === executionArn) return needs?.what === 'verify' ? 'rolledBack' : 'failed';
  return history === undefined ? 'rolledBack' : BY_HISTORY[history];
};

/** How a rollout came out. @param history the outcome in the line of the service's history, where there is one */
export const outcomeOf = (
  execution: Execution,
  record: Pick<ServiceRecord, 'claim' | 'needs'>,
  history: Outcome | undefined,
): ScenarioOutcome => {
  const { status, error = '' } = execution;
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return 'running';
  if (status === 'SUCCEEDED') return 'promoted';
  if (status === 'ABORTED' || status === 'TIMED_OUT') return rescued(execution, record, history);
  return BY_ERROR[error] ?? (history === 'promoted' ? 'promoted' : 'failed');
};
