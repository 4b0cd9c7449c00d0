import { describe, expect, it, test } from 'vitest';
import { TaskFailure } from '../../../sandbox/stepfunctions/failure.ts';
import { arnOfMachine, outputOf, stepFunctions, timesOf } from './machines.ts';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
const forToken = {
  ...task,
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Arguments: { token: '{% $states.context.Task.Token %}' },
};

describe('a Wait', () => {
  it('goes on at its timestamp, at once where that has passed', async () => {
    const { machine, start, run, seconds, clock } = stepFunctions();
    machine('m', {
      Later: { Type: 'Wait', Timestamp: '2030-01-01T00:01:30+00:00', Next: 'Past' },
      Past: { Type: 'Wait', Timestamp: '2029-01-01T00:00:00Z', End: true },
    });
    const execution = start('m');
    await clock.run(clock.now() + 600_000, () => execution.status !== 'RUNNING');
    expect(seconds()).toBe(90);
    await run(0);
  });

  test.each(['2030-02-30T00:00:00Z', '2030-01-01', '2030-01-01 00:00:00Z', 'soon'])(
    'fails on the timestamp %s',
    async (Timestamp) => {
      const { machine, start, run } = stepFunctions();
      machine('m', { W: { Type: 'Wait', Timestamp, End: true } });
      const execution = start('m');
      await run(1);
      expect(execution.describe()).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    },
  );
});

describe('a task that waits for its token', () => {
  const waiting = (more: object = {}) => {
    const tokens: string[] = [];
    const sandbox = stepFunctions(async ({ taskToken }) => void tokens.push(String(taskToken)));
    sandbox.machine('m', { Ask: { ...forToken, ...more } });
    return { ...sandbox, tokens, execution: sandbox.start('m') };
  };

  it('takes the output that is sent, once', async () => {
    const { run, api, tokens, execution } = waiting();
    await run(1);
    api('SendTaskSuccess', { taskToken: tokens[0], output: '{"yes":1}' });
    await run(1);
    expect(outputOf(execution)).toEqual({ yes: 1 });
    expect(() => api('SendTaskSuccess', { taskToken: tokens[0], output: '1' })).toThrow('Task Timed Out');
    expect(() => api('SendTaskHeartbeat', { taskToken: 'made up' })).toThrow('Invalid Token');
  });

  it('fails as it is told', async () => {
    const { run, api, tokens, execution } = waiting();
    await run(1);
    api('SendTaskFailure', { taskToken: tokens[0], error: 'No', cause: 'not today' });
    await run(1);
    expect(execution.describe()).toMatchObject({ status: 'FAILED', error: 'No', cause: 'not today' });
  });

  it('times out between heartbeats, not while they come', async () => {
    const { run, api, tokens, execution } = waiting({ HeartbeatSeconds: 10 });
    await run(8);
    api('SendTaskHeartbeat', { taskToken: tokens[0] });
    await run(8);
    expect(execution.status).toBe('RUNNING');
    await run(8);
    expect(execution.describe()).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(timesOf(execution, 'TaskTimedOut')).toEqual([18]);
  });
});

describe('a retry', () => {
  const failing = async (rule: object, random = 0.5) => {
    const { machine, start, run } = stepFunctions(
      async () => {
        throw new TaskFailure('Broken');
      },
      () => random,
    );
    machine('m', { Call: { ...task, Retry: [{ ErrorEquals: ['States.ALL'], ...rule }] } });
    const execution = start('m');
    await run(1000);
    return timesOf(execution, 'TaskScheduled');
  };

  it('waits longer each time, up to MaxDelaySeconds', async () => {
    const rule = { IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 10, MaxAttempts: 4 };
    expect(await failing(rule)).toEqual([0, 2, 8, 18, 28]);
  });

  it('with full jitter waits a random part of that', async () => {
    const rule = { IntervalSeconds: 8, BackoffRate: 2, MaxAttempts: 2, JitterStrategy: 'FULL' };
    expect(await failing(rule, 0.25)).toEqual([0, 2, 6]);
  });
});

describe('an execution that another waits for', () => {
  const nested = {
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Arguments: { StateMachineArn: arnOfMachine('child'), Name: 'c', Input: { n: 1 } },
    End: true,
  };
  const child = arnOfMachine('child').replace('stateMachine', 'execution');

  it('gives it its output as JSON', async () => {
    const { machine, start, run } = stepFunctions();
    machine('child', { Wait: { Type: 'Wait', Seconds: 5, End: true } });
    machine('m', { Nest: { ...nested, Output: '{% $states.result.Output.n %}' } });
    const execution = start('m');
    await run(6);
    expect(outputOf(execution)).toBe(1);
  });

  test.each(['stopped', 'out of time'])('is stopped when the parent is %s', async (how) => {
    const { machine, start, run, engine } = stepFunctions();
    machine('child', { Wait: { Type: 'Wait', Seconds: 500, End: true } });
    machine('m', { Nest: { ...nested, ...(how === 'stopped' ? {} : { TimeoutSeconds: 20 }) } });
    const execution = start('m');
    await run(10);
    if (how === 'stopped') execution.stop();
    await run(20);
    expect(engine.execution(`${child}:c`).status).toBe('ABORTED');
  });
});
