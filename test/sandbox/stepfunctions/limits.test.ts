import { expect, it, test } from 'vitest';
import { outputOf, stepFunctions } from './machines.ts';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Next: 'Done' };
const Done = { Type: 'Succeed' };

test.each([
  ['States.ALL', 'FAILED'],
  ['States.DataLimitExceeded', 'SUCCEEDED'],
])('a result beyond 256 KiB, caught by %s, leaves the execution %s', async (name, status) => {
  const { machine, start, run } = stepFunctions(async () => 'x'.repeat(262_144));
  machine('m', { Call: { ...task, Catch: [{ ErrorEquals: [name], Next: 'Done' }] }, Done });
  const execution = start('m');
  await run(1);
  expect(execution.status).toBe(status);
});

it('an execution ends at its 25,000th event', async () => {
  const { machine, start, run } = stepFunctions();
  machine('m', { Again: { Type: 'Pass', Next: 'Again' } });
  const execution = start('m');
  await run(1);
  expect(execution.describe()).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(execution.history.events).toHaveLength(25_000);
});

test.each([
  ['$partition([1..5], 2)', [[1, 2], [3, 4], [5]]],
  ['$range(1, 9, 4)', [1, 5, 9]],
  ['$hash("a", "SHA-1")', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
  ['$random()', 0.5],
  ['$random(7) = $random(7)', true],
  ['$uuid()', '88888888-8888-4888-8888-888888888888'],
  ['$parse(\'{"a":1}\').a', 1],
  ['$now()', '2030-01-01T00:00:00.000Z'],
])('%s', async (text, value) => {
  const { machine, start, run } = stepFunctions();
  machine('m', { A: { Type: 'Pass', Output: `{% ${text} %}`, End: true } });
  const execution = start('m');
  await run(1);
  expect(outputOf(execution)).toEqual(value);
});
