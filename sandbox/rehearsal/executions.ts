import { ENGINE } from '../../infra/names.ts';
import type { Sandbox } from '../sandbox.ts';

/** An execution, as ListExecutions and DescribeExecution tell of it. */
export interface Execution {
  readonly executionArn: string;
  readonly name: string;
  readonly status: string;
  readonly startDate: Date;
  readonly stopDate?: Date;
  readonly input?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** An event of an execution's history, as far as rehearsals read it. */
export interface HistoryEvent {
  readonly id: number;
  readonly timestamp: Date;
  readonly type: string;
  readonly stateEnteredEventDetails?: { readonly name: string };
  readonly stateExitedEventDetails?: { readonly name: string; readonly output?: string };
  readonly taskScheduledEventDetails?: { readonly resourceType: string };
  readonly taskSucceededEventDetails?: { readonly output?: string };
  readonly taskFailedEventDetails?: { readonly error?: string };
  readonly taskTimedOutEventDetails?: { readonly error?: string };
}

const machineArn = ({ region, account }: Sandbox): string =>
  `arn:aws:states:${region}:${account}:stateMachine:${ENGINE.stateMachine}`;

/** All executions of rollouts, oldest first, of one status or of all. */
export const listExecutions = async (sandbox: Sandbox, status?: string): Promise<readonly Execution[]> => {
  const listed = await sandbox.call('states', 'ListExecutions', {
    stateMachineArn: machineArn(sandbox),
    ...(status !== undefined && { statusFilter: status }),
  });
  const executions = (listed.executions ?? []) as Execution[];
  return [...executions].sort(
    (a, b) => a.startDate.getTime() - b.startDate.getTime() || (a.name < b.name ? -1 : 1),
  );
};

/** One execution, with its input and how it ended. */
export const describeExecution = async (sandbox: Sandbox, executionArn: string): Promise<Execution> =>
  (await sandbox.call('states', 'DescribeExecution', { executionArn })) as unknown as Execution;

/** The whole history of an execution, in order. */
export const historyOf = async (sandbox: Sandbox, executionArn: string): Promise<readonly HistoryEvent[]> => {
  const events: HistoryEvent[] = [];
  let nextToken: unknown;
  do {
    const page = await sandbox.call('states', 'GetExecutionHistory', {
      executionArn,
      maxResults: 1000,
      ...(nextToken !== undefined && { nextToken }),
    });
    events.push(...((page.events ?? []) as HistoryEvent[]));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
};
