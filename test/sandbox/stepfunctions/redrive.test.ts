import { expect, it } from 'vitest';
import { TaskFailure } from '../../../sandbox/stepfunctions/failure.ts';
import { outputOf, stepFunctions, typesOf } from './machines.ts';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };

it('goes on in the state that failed, with the variables as they were, and counts', async () => {
  let broken = true;
  const { machine, start, run, api } = stepFunctions(async () => {
    if (broken) throw new TaskFailure('Broken');
    return 'fine';
  });
  machine('m', {
    First: { Type: 'Pass', Assign: { n: 7 }, Next: 'Call' },
    Call: { ...task, Output: '{% [$n, $states.result, $states.context.Execution.RedriveCount] %}' },
  });
  const execution = start('m');
  await run(1);
  expect(execution.describe()).toMatchObject({
    status: 'FAILED',
    redriveStatus: 'REDRIVABLE',
    redriveCount: 0,
  });
  broken = false;
  api('RedriveExecution', { executionArn: execution.start.arn });
  await run(1);
  expect(execution.describe()).toMatchObject({
    status: 'SUCCEEDED',
    redriveStatus: 'NOT_REDRIVABLE',
    redriveCount: 1,
  });
  expect(outputOf(execution)).toEqual([7, 'fine', 1]);
  expect(typesOf(execution).slice(-6)).toEqual([
    'ExecutionRedriven',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(() => execution.redrive()).toThrow('Execution is SUCCEEDED and cannot be redriven');
});

it('runs only the branches again that had not ended well', async () => {
  const called: string[] = [];
  const { machine, start, run } = stepFunctions(async ({ stateName }) => {
    called.push(stateName);
    if (stateName === 'Bad' && called.filter((name) => name === 'Bad').length === 1)
      throw new TaskFailure('Broken');
    return stateName;
  });
  const branch = (name: string) => ({ StartAt: name, States: { [name]: { ...task, Output: name } } });
  machine('m', { Fork: { Type: 'Parallel', Branches: [branch('Good'), branch('Bad')], End: true } });
  const execution = start('m');
  await run(1);
  expect(execution.status).toBe('FAILED');
  execution.redrive();
  await run(1);
  expect(outputOf(execution)).toEqual(['Good', 'Bad']);
  expect(called).toEqual(['Good', 'Bad', 'Bad']);
});
