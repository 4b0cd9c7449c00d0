import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { StepFunctionsExecutions } from '../../../lambdas/adapters/executions.ts';
import { input } from '../../fakes/rollouts.ts';

const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:stepcanary-rollout';
const ARN = 'arn:aws:states:eu-west-1:111122223333:execution:stepcanary-rollout:podinfo-1';
const aws = mockClient(SFNClient);
const executions = new StepFunctionsExecutions(MACHINE, new SFNClient({ region: 'eu-west-1' }));
const failing = (name: string) => Object.assign(new Error(name), { name });
const rollout = input();

beforeEach(() => aws.reset());

describe('a start', () => {
  test('goes to the machine, under the name that people know', async () => {
    aws.on(StartExecutionCommand).resolves({});
    await expect(executions.start('podinfo-1', rollout)).resolves.toBe(true);
    expect(aws.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn: MACHINE,
      name: 'podinfo-1',
      input: JSON.stringify(rollout),
    });
  });

  test.each([
    ['runs: its start was answered by nobody, and it is ours', { status: 'RUNNING', input: '{}' }, true],
    ['waits to be redriven', { status: 'PENDING_REDRIVE', input: '{}' }, true],
    [
      'has ended with this very input: it was fast',
      { status: 'FAILED', input: JSON.stringify(rollout) },
      true,
    ],
    ['has ended long ago with another input', { status: 'SUCCEEDED', input: '{}' }, false],
  ] as const)('whose name is taken by an execution that %s', async (_, found, started) => {
    aws.on(StartExecutionCommand).rejects(failing('ExecutionAlreadyExists'));
    aws.on(DescribeExecutionCommand, { executionArn: ARN }).resolves(found);
    await expect(executions.start('podinfo-1', rollout)).resolves.toBe(started);
  });

  test('that is throttled may succeed later', async () => {
    aws.on(StartExecutionCommand).rejects(failing('ThrottlingException'));
    await expect(executions.start('podinfo-1', rollout)).rejects.toMatchObject({ name: 'Canary.Transient' });
  });
});

test('an execution that Step Functions does not know has no status; any other failure is one', async () => {
  aws.on(DescribeExecutionCommand).rejects(failing('ExecutionDoesNotExist'));
  await expect(executions.status(ARN)).resolves.toBeUndefined();
  aws.on(DescribeExecutionCommand).rejects(failing('AccessDeniedException'));
  await expect(executions.status(ARN)).rejects.toMatchObject({ name: 'Canary.AccessDenied' });
});

test('the states that it entered are read newest first, page by page', async () => {
  const entered = (name: string) => ({
    ...{ id: 1, timestamp: new Date(0), type: 'TaskStateEntered' as const },
    stateEnteredEventDetails: { name },
  });
  aws
    .on(GetExecutionHistoryCommand)
    .resolvesOnce({ events: [entered('Shift traffic')], nextToken: 'next' })
    .resolvesOnce({
      events: [{ ...entered(''), stateEnteredEventDetails: undefined }, entered('Take route')],
    });
  await expect(executions.statesEntered(ARN)).resolves.toEqual(['Shift traffic', 'Take route']);
  expect(aws.commandCalls(GetExecutionHistoryCommand)[0]?.args[0].input).toMatchObject({
    reverseOrder: true,
  });
});
