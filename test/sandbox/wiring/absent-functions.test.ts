import { describe, expect, test } from 'vitest';
import { AwsError, type Call } from '../../../sandbox/aws/service.ts';
import { HookAnswers, type OutsideAnswer } from '../../../sandbox/hook-answers.ts';
import type { OutsideCall } from '../../../sandbox/outside.ts';
import { withStandIns } from '../../../sandbox/wiring/absent-functions.ts';

const arrange = (answer?: OutsideAnswer) => {
  const answers = new HookAnswers();
  if (answer !== undefined) answers.say('smoke', answer);
  const calls: OutsideCall[] = [];
  const functions = {
    resolve: (name: string) => {
      if (name === 'ours') return { version: '1' } as never;
      throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
    },
  };
  const clock = { now: () => 7 };
  const onCall = (call: OutsideCall) => calls.push(call);
  const api = withStandIns({ Invoke: () => 'really invoked' }, { functions, answers, clock, onCall });
  const invoke = async (FunctionName: string, body: object) =>
    api.Invoke?.({ FunctionName, Payload: Buffer.from(JSON.stringify(body)) }, {} as Call);
  return { invoke, calls };
};
const HOOK = { name: 'podinfo', idempotencyKey: 'podinfo-6.0.1/smoke/2026-01-05T09:00:00Z' };
const textOf = (answer: unknown) =>
  JSON.parse((answer as { Payload: Buffer }).Payload.toString('utf8')) as object;

describe('a hook that is a function of another stack', () => {
  test.each([
    [undefined, { statusCode: 200 }],
    [500, { statusCode: 500 }],
    ['redirect', { statusCode: 302 }],
  ] as const)('answers %s', async (answer, expected) => {
    const { invoke, calls } = arrange(answer);
    expect(textOf(await invoke('theirs', HOOK))).toEqual(expected);
    expect(calls).toMatchObject([{ url: 'theirs', hook: 'smoke', at: 7 }]);
  });

  test('fails where it answers garbage', async () => {
    expect(await arrange('garbage').invoke('theirs', HOOK)).toMatchObject({ FunctionError: 'Unhandled' });
  });

  test('never answers where it hangs', async () => {
    await expect(arrange('hang').invoke('theirs', HOOK)).rejects.toMatchObject({ how: 'hang' });
  });
});

test('a function that is there is really invoked', async () => {
  expect(await arrange().invoke('ours', HOOK)).toBe('really invoked');
});

test('what is no hook is refused where it is not there', async () => {
  await expect(arrange().invoke('theirs', { name: 'podinfo' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});
