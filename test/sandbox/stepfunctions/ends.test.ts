import { expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { StepFunctionsEngine } from '../../../sandbox/stepfunctions/engine.ts';
import type { TaskCall } from '../../../sandbox/stepfunctions/line.ts';
import { arnOfMachine, stepFunctions, typesOf } from './machines.ts';

it('an execution stopped before its first state is told of once and leaves nothing scheduled', async () => {
  const clock = new VirtualClock(0);
  const told: string[] = [];
  const engine = new StepFunctionsEngine({
    clock,
    random: () => 0.5,
    region: 'eu-west-1',
    runTask: async () => ({}),
    onStatus: ({ status }) => told.push(status),
  });
  const States = { Wait: { Type: 'Wait', Seconds: 100, End: true } };
  const definition = JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: 'Wait',
    TimeoutSeconds: 50,
    States,
  });
  engine.machines.create(arnOfMachine('m'), { name: 'm', definition, roleArn: 'role' }, 0);
  const execution = engine.start({ stateMachineArn: arnOfMachine('m') });
  execution.stop('Rollout.Stopped');
  await clock.run(0);
  expect(told).toEqual(['ABORTED']);
  expect(typesOf(execution)).toEqual(['ExecutionStarted', 'ExecutionAborted']);
  expect(clock.next()).toBeUndefined();
});

it('the timeout of the machine is named in its last event, after no previous one', async () => {
  const { machine, start, run } = stepFunctions();
  machine('m', { Wait: { Type: 'Wait', Seconds: 100, End: true } }, { TimeoutSeconds: 50 });
  const execution = start('m');
  await run(200);
  expect(execution.history.events.at(-1)).toMatchObject({
    type: 'ExecutionTimedOut',
    previousEventId: 0,
    executionTimedOutEventDetails: { error: 'States.Timeout' },
  });
  expect(execution.describe()).not.toHaveProperty('error');
});

it('a call that returns after its token was answered writes nothing into the states that follow', async () => {
  const answersFirst = async ({ taskToken = '' }: TaskCall): Promise<unknown> => {
    sandbox.engine.tokens.success(taskToken, '1');
    await sandbox.clock.sleep(10_000);
    return {};
  };
  const sandbox = stepFunctions(answersFirst);
  sandbox.machine('m', {
    Ask: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Next: 'Wait' },
    Wait: { Type: 'Wait', Seconds: 100, End: true },
  });
  const execution = sandbox.start('m');
  await sandbox.run(200);
  expect(typesOf(execution)).not.toContain('TaskSubmitted');
  expect(execution.status).toBe('SUCCEEDED');
});
