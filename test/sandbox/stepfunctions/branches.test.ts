import { describe, expect, it } from 'vitest';
import type { TaskCall } from '../../../sandbox/stepfunctions/line.ts';
import { arnOfMachine, type Json, outputOf, stepFunctions, typesOf } from './machines.ts';

describe('a Parallel', () => {
  it('a branch that fails cuts the others short', async () => {
    const { machine, start, run } = stepFunctions();
    machine('m', {
      Fork: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: 100, End: true } } },
          { StartAt: 'No', States: { No: { Type: 'Fail', Error: 'No' } } },
        ],
        End: true,
      },
    });
    const execution = start('m');
    await run(1);
    expect(execution.describe()).toMatchObject({ status: 'FAILED', error: 'No' });
    expect(typesOf(execution)).toContain('WaitStateAborted');
  });

  it('whose branch fails gives up calls, tokens and children of the others', async () => {
    const calls: TaskCall[] = [];
    const { machine, start, run, engine } = stepFunctions((call) => {
      calls.push(call);
      return call.taskToken === undefined ? new Promise(() => {}) : Promise.resolve({});
    });
    const invoke = 'arn:aws:states:::lambda:invoke';
    const branch = (name: string, state: Json) => ({
      StartAt: name,
      States: { [name]: { ...state, End: true } },
    });
    machine('child', { Wait: { Type: 'Wait', Seconds: 500, End: true } });
    machine('m', {
      Fork: {
        Type: 'Parallel',
        Branches: [
          branch('Call', { Type: 'Task', Resource: invoke, Arguments: {} }),
          branch('Ask', {
            Type: 'Task',
            Resource: `${invoke}.waitForTaskToken`,
            Arguments: { Payload: '{% $states.context.Task.Token %}' },
          }),
          branch('Nest', {
            Type: 'Task',
            Resource: 'arn:aws:states:::states:startExecution.sync:2',
            Arguments: { StateMachineArn: arnOfMachine('child'), Name: 'c' },
          }),
          {
            StartAt: 'Later',
            States: { Later: { Type: 'Wait', Seconds: 5, Next: 'No' }, No: { Type: 'Fail', Error: 'No' } },
          },
        ],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught', Output: '{% $states.errorOutput.Error %}' }],
        End: true,
      },
      Caught: { Type: 'Succeed' },
    });
    const execution = start('m');
    await run(4);
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    await run(2);
    expect(outputOf(execution)).toBe('No');
    expect(calls.every(({ signal }) => signal.aborted)).toBe(true);
    const token = calls.find(({ taskToken }) => taskToken)?.taskToken ?? '';
    expect(() => engine.tokens.success(token, '{}')).toThrow('Task Timed Out');
    const child = arnOfMachine('child').replace('stateMachine', 'execution');
    expect(engine.execution(`${child}:c`).status).toBe('ABORTED');
    expect(typesOf(execution).filter((type) => type === 'TaskStateAborted')).toHaveLength(3);
  });
});

describe('a Map', () => {
  const fails = {
    StartAt: 'Is it bad?',
    States: {
      'Is it bad?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input < 0 %}', Next: 'Bad' }],
        Default: 'Good',
      },
      Bad: { Type: 'Fail', Error: 'Bad' },
      Good: { Type: 'Wait', Seconds: 10, End: true },
    },
  };
  const over = (more: Json) => ({
    Each: { Type: 'Map', Items: [1, -1, 2, -2], ItemProcessor: fails, End: true, ...more },
  });

  it('fails with its first iteration that fails, and cuts the others short', async () => {
    const { machine, start, run } = stepFunctions();
    machine('m', over({}));
    const execution = start('m');
    await run(1);
    expect(execution.describe()).toMatchObject({ status: 'FAILED', error: 'Bad' });
    expect(typesOf(execution)).toContain('MapIterationAborted');
  });

  it.each([
    [{ ToleratedFailureCount: 2 }, 'SUCCEEDED'],
    [{ ToleratedFailurePercentage: 50 }, 'SUCCEEDED'],
    [{ ToleratedFailureCount: 1 }, 'FAILED'],
    [{ ToleratedFailurePercentage: 49 }, 'FAILED'],
  ])('that tolerates %j ends %s when half of it fails', async (more, status) => {
    const { machine, start, run } = stepFunctions();
    machine('m', over(more));
    const execution = start('m');
    await run(20);
    expect(execution.status).toBe(status);
  });
});
