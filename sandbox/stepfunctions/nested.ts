import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { AwsError } from '../aws/service.ts';
import { TaskFailure } from './failure.ts';
import { payloadText } from './limits.ts';
import type { Visit } from './line.ts';
import type { Integration, TaskEvents } from './states/integration.ts';

/** What an execution needs of its engine to start another one. */
export interface Nested {
  start(input: { stateMachineArn: string; name?: string; input?: string }): {
    executionArn: string;
    startDate: Date;
  };
  /** Resolves when the execution has ended, to what DescribeExecution says then. */
  ended(executionArn: string): Promise<DescribeExecutionOutput>;
  stop(executionArn: string): void;
}

/** Whether the engine does this Task itself: `states:startExecution` in its three forms. */
export const isNested = ({ service, action }: Integration): boolean =>
  service === 'states' && /^startExecution(\.sync(:2)?)?$/.test(action);

const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));

/** The child as the parent's result: names in upper case, times in epoch milliseconds, `.sync:2` with JSON parsed. */
const described = (child: DescribeExecutionOutput, parse: boolean): Record<string, unknown> => ({
  ExecutionArn: child.executionArn,
  Input: parse ? parsed(child.input) : child.input,
  InputDetails: { Included: true },
  Name: child.name,
  ...(child.output === undefined
    ? {}
    : { Output: parse ? parsed(child.output) : child.output, OutputDetails: { Included: true } }),
  ...(child.error === undefined ? {} : { Error: child.error }),
  ...(child.cause === undefined ? {} : { Cause: child.cause }),
  RedriveCount: child.redriveCount,
  RedriveStatus: child.redriveStatus,
  StartDate: child.startDate?.getTime(),
  StateMachineArn: child.stateMachineArn,
  Status: child.status,
  StopDate: child.stopDate?.getTime(),
});

interface StartArguments {
  readonly StateMachineArn?: string;
  readonly Name?: string;
  readonly Input?: unknown;
}

const start = (nested: Nested, { StateMachineArn = '', Name, Input = {} }: StartArguments) => {
  try {
    const input = typeof Input === 'string' ? Input : JSON.stringify(Input);
    return nested.start({
      stateMachineArn: StateMachineArn,
      input,
      ...(Name === undefined ? {} : { name: Name }),
    });
  } catch (error) {
    if (error instanceof AwsError)
      throw new TaskFailure(`StepFunctions.${error.name}Exception`, error.message);
    throw error;
  }
};

/** Starts another execution; `.sync` waits for its end, and stops it when the waiting ends first. */
export const runNested = async (
  visit: Visit,
  { action }: Integration,
  events: TaskEvents,
  parameters: unknown,
  signal: AbortSignal,
): Promise<unknown> => {
  const { nested } = visit.line.run;
  const { executionArn, startDate } = start(nested, parameters as StartArguments);
  const started = { ExecutionArn: executionArn, StartDate: startDate.toISOString() };
  if (action === 'startExecution') return started;
  events.submitted(payloadText(started, visit.name));
  signal.addEventListener('abort', () => nested.stop(executionArn), { once: true });
  const child = await nested.ended(executionArn);
  if (child.status === 'SUCCEEDED') return described(child, action.endsWith(':2'));
  throw new TaskFailure('States.TaskFailed', JSON.stringify(described(child, false)));
};
