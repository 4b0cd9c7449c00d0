import { expect, it, test } from 'vitest';
import { arnOfMachine, type Json, stepFunctions } from './machines.ts';

const waits = { Wait: { Type: 'Wait', Seconds: 60, End: true } };
const text = (States: Json, QueryLanguage = 'JSONata') =>
  JSON.stringify({ QueryLanguage, StartAt: Object.keys(States)[0], States });

it('the same name with the same input is the same execution while it runs, and taken afterwards', async () => {
  const { machine, start, run } = stepFunctions();
  machine('m', waits);
  expect(start('m', { a: 1 })).toBe(start('m', { a: 1 }));
  expect(() => start('m', { a: 2 })).toThrow('Execution Already Exists');
  await run(61);
  expect(() => start('m', { a: 1 })).toThrow('Execution Already Exists');
});

test.each([false, true])('a history is read in pages, reversed: %s, while it grows', async (reverseOrder) => {
  const { machine, start, run, api } = stepFunctions();
  machine('m', { First: { Type: 'Pass', Next: 'Wait' }, ...waits });
  const execution = start('m');
  await run(1);
  const read: unknown[] = [];
  let nextToken: unknown;
  do {
    const executionArn = execution.start.arn;
    const page = api('GetExecutionHistory', { executionArn, reverseOrder, maxResults: 2, nextToken });
    read.push(...(page.events as { id: number }[]).map(({ id }) => id));
    nextToken = page.nextToken;
    await run(60);
  } while (nextToken !== undefined);
  expect(read).toEqual(reverseOrder ? [4, 3, 2, 1] : [1, 2, 3, 4, 5, 6]);
});

it('a wrong definition is refused with all that is wrong, and an update leaves the machine as it was', () => {
  const { api } = stepFunctions();
  const wrong = text({ A: { Type: 'Pass', Output: '{% [$x, $eval("1")] %}', End: true } });
  const refused = expect.objectContaining({
    name: 'InvalidDefinition',
    message: expect.stringMatching(/\$x is never assigned.*no \$eval/),
  });
  expect(() => api('CreateStateMachine', { name: 'm', roleArn: 'role', definition: wrong })).toThrow(refused);
  api('CreateStateMachine', { name: 'm', roleArn: 'role', definition: text(waits) });
  const stateMachineArn = arnOfMachine('m');
  expect(() => api('UpdateStateMachine', { stateMachineArn, definition: wrong })).toThrow(refused);
  expect(api('DescribeStateMachine', { stateMachineArn })).toMatchObject({ definition: text(waits) });
  expect(api('ValidateStateMachineDefinition', { definition: wrong })).toMatchObject({ result: 'FAIL' });
});

it('what only AWS can run is refused, not run otherwise', () => {
  const { api } = stepFunctions();
  const definition = text(waits, 'JSONPath');
  expect(() => api('CreateStateMachine', { name: 'm', roleArn: 'role', definition })).toThrow('JSONPath');
  const express = { name: 'm', roleArn: 'role', definition: text(waits), type: 'EXPRESS' };
  expect(() => api('CreateStateMachine', express)).toThrow('not EXPRESS');
});

it('an alias shares its executions between two versions by weight, and keeps them from being deleted', async () => {
  let drawn = 0;
  const { api } = stepFunctions(undefined, () => drawn);
  const { stateMachineArn } = api('CreateStateMachine', {
    name: 'm',
    roleArn: 'role',
    definition: text(waits),
  });
  api('PublishStateMachineVersion', { stateMachineArn });
  api('UpdateStateMachine', {
    stateMachineArn,
    definition: text({ End: { Type: 'Succeed' } }),
    publish: true,
  });
  const versions = [`${stateMachineArn}:1`, `${stateMachineArn}:2`];
  const routes = (...weights: number[]) => ({
    routingConfiguration: weights.map((weight, at) => ({ stateMachineVersionArn: versions[at], weight })),
  });
  expect(() => api('CreateStateMachineAlias', { name: 'live', ...routes(80, 30) })).toThrow(
    'sum to 100, got 110',
  );
  const { stateMachineAliasArn } = api('CreateStateMachineAlias', { name: 'live', ...routes(80, 20) });
  expect(stateMachineAliasArn).toBe(`${stateMachineArn}:live`);
  const started = (name: string) => {
    const { executionArn } = api('StartExecution', { stateMachineArn: stateMachineAliasArn, name });
    return api('DescribeExecution', { executionArn });
  };
  drawn = 0.79;
  expect(started('a')).toMatchObject({ stateMachineAliasArn, stateMachineVersionArn: versions[0] });
  drawn = 0.8;
  expect(started('b')).toMatchObject({ stateMachineVersionArn: versions[1] });
  const listed = (arn: unknown) =>
    (api('ListExecutions', { stateMachineArn: arn }).executions as Json[]).length;
  expect([stateMachineAliasArn, versions[1], stateMachineArn].map(listed)).toEqual([2, 1, 2]);
  const first = { stateMachineVersionArn: versions[0] };
  expect(() => api('DeleteStateMachineVersion', first)).toThrow('referenced by an alias');
  api('UpdateStateMachineAlias', {
    stateMachineAliasArn,
    routingConfiguration: [{ stateMachineVersionArn: versions[1], weight: 100 }],
  });
  expect(api('DeleteStateMachineVersion', first)).toEqual({});
  expect(api('ListStateMachineAliases', { stateMachineArn })).toMatchObject({
    stateMachineAliases: [{ stateMachineAliasArn }],
  });
  api('DeleteStateMachineAlias', { stateMachineAliasArn });
  expect(() => api('DescribeStateMachineAlias', { stateMachineAliasArn })).toThrow('Alias does not exist');
});

it('an execution keeps the definition that it was started with, and versions count on', async () => {
  const { api, run } = stepFunctions();
  const first = text(waits);
  const { stateMachineArn } = api('CreateStateMachine', { name: 'm', roleArn: 'role', definition: first });
  const versionOf = () => api('PublishStateMachineVersion', { stateMachineArn }).stateMachineVersionArn;
  expect([versionOf(), versionOf()]).toEqual([`${stateMachineArn}:1`, `${stateMachineArn}:1`]);
  const { executionArn } = api('StartExecution', { stateMachineArn: `${stateMachineArn}:1`, name: 'x' });
  api('UpdateStateMachine', { stateMachineArn, definition: text({ End: { Type: 'Succeed' } }) });
  await run(1);
  expect(api('DescribeStateMachineForExecution', { executionArn })).toMatchObject({ definition: first });
  expect(versionOf()).toBe(`${stateMachineArn}:2`);
  const { stateMachineVersions } = api('ListStateMachineVersions', { stateMachineArn });
  expect(stateMachineVersions).toMatchObject([
    { stateMachineVersionArn: `${stateMachineArn}:2` },
    { stateMachineVersionArn: `${stateMachineArn}:1` },
  ]);
  expect(() => api('CreateStateMachine', { name: 'm', roleArn: 'role', definition: first })).toThrow(
    'State Machine Already Exists',
  );
});

test.each([
  ['DescribeStateMachine', 'stateMachineArn'],
  ['DescribeExecution', 'executionArn'],
])('%s refuses a text that is no ARN as such', (operation, field) => {
  const { api } = stepFunctions();
  expect(() => api(operation, { [field]: 'podinfo' })).toThrow("Invalid Arn: 'Invalid ARN prefix: podinfo'");
});
