import { AwsError, type Behaviours } from '../../aws/service.ts';
import type { StepFunctionsEngine } from '../engine.ts';
import type { Execution } from '../execution.ts';
import { describedRevision } from './machines.ts';
import { type Paging, page, usualPage } from './page.ts';

const listed = (execution: Execution) => {
  const { executionArn, stateMachineArn, name, status } = execution.describe();
  const { stateMachineVersionArn, stateMachineAliasArn } = execution.start;
  const { startDate, stopDate, redriveCount, redriveDate } = execution.describe();
  return {
    ...{ executionArn, stateMachineArn, name, status, startDate, redriveCount },
    ...(stopDate && { stopDate }),
    ...(redriveDate && { redriveDate }),
    ...(stateMachineVersionArn && { stateMachineVersionArn }),
    ...(stateMachineAliasArn && { stateMachineAliasArn }),
  };
};

interface ExecutionFilters {
  readonly statusFilter?: string;
  readonly redriveFilter?: 'REDRIVEN' | 'NOT_REDRIVEN';
}

const fits = (execution: Execution, { statusFilter, redriveFilter }: ExecutionFilters): boolean => {
  if (statusFilter !== undefined && execution.status !== statusFilter) return false;
  const redriven = (execution.describe().redriveCount ?? 0) > 0;
  return redriveFilter === undefined || redriven === (redriveFilter === 'REDRIVEN');
};

/** Inputs and outputs are left out where they were not asked for. */
const withoutData = <T extends object>(event: T): T =>
  JSON.parse(JSON.stringify(event), (key, value: unknown) => {
    if (key === 'timestamp') return new Date(String(value));
    // Required by the schema of the events that have it.
    if (key === 'parameters') return '';
    return key === 'input' || key === 'output' ? undefined : value;
  }) as T;

/**
 * A page of a history in either order. The token is the id of the event that the next page begins with: offsets would
 * move in reverse order while the execution goes on.
 * @throws AwsError InvalidToken
 */
const historyPage = <T>(events: readonly T[], reverse: boolean, { maxResults, nextToken }: Paging) => {
  const size = maxResults || usualPage;
  const given = nextToken === undefined ? undefined : Number(Buffer.from(nextToken, 'base64').toString());
  const first = given ?? (reverse ? events.length : 1);
  if (given !== undefined && !(Number.isInteger(given) && given >= 1 && given <= events.length)) {
    throw new AwsError('InvalidToken', `Invalid Token: '${nextToken}'`, 400);
  }
  const items = reverse
    ? events.slice(Math.max(0, first - size), first).reverse()
    : events.slice(first - 1, first - 1 + size);
  const next = reverse ? first - size : first + size;
  const more = next >= 1 && next <= events.length;
  return { items, rest: more ? { nextToken: Buffer.from(String(next)).toString('base64') } : {} };
};

/** Executions and their histories. */
export const executionBehaviours = (engine: StepFunctionsEngine): Behaviours => ({
  StartExecution({ stateMachineArn, name, input }) {
    const { start, startDate } = engine.start({ stateMachineArn, name, input });
    return { executionArn: start.arn, startDate };
  },
  DescribeExecution: ({ executionArn }) => engine.execution(executionArn).describe(),
  DescribeStateMachineForExecution({ executionArn }) {
    const { stateMachineArn, revision } = engine.execution(executionArn).start;
    return { stateMachineArn, updateDate: revision.createdAt, ...describedRevision(revision) };
  },
  ListExecutions({ stateMachineArn, statusFilter, redriveFilter, ...paging }) {
    const { machine } = engine.machines.resolve(stateMachineArn);
    const all = engine
      .executions(machine.arn)
      .filter(({ start }) =>
        [start.stateMachineArn, start.stateMachineVersionArn, start.stateMachineAliasArn].includes(
          stateMachineArn,
        ),
      )
      .filter((execution) => fits(execution, { statusFilter, redriveFilter }));
    const { items, rest } = page(all, paging);
    return { executions: items.map(listed), ...rest };
  },
  GetExecutionHistory({ executionArn, reverseOrder = false, includeExecutionData = true, ...paging }) {
    const { items, rest } = historyPage(engine.execution(executionArn).history.events, reverseOrder, paging);
    return { events: includeExecutionData ? items : items.map(withoutData), ...rest };
  },
  StopExecution({ executionArn, error, cause }, call) {
    engine.execution(executionArn).stop(error, cause);
    return { stopDate: engine.execution(executionArn).describe().stopDate ?? new Date(call.now) };
  },
  RedriveExecution: ({ executionArn }) => ({ redriveDate: engine.execution(executionArn).redrive() }),
});
