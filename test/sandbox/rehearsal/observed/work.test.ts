import { expect, test } from 'vitest';
import { WorkByExecution } from '../../../../sandbox/rehearsal/observed/work.ts';

const payload = (execution?: string) =>
  JSON.stringify(execution === undefined ? {} : { rollout: { execution: { name: execution } } });

/** The observer's parts, fed with as much as it reads. */
const observed = () => {
  const work = new WorkByExecution();
  const { invocation, call, kubernetesRequest } = work.observer;
  return {
    work,
    invoke: (functionName: string, execution?: string) =>
      invocation?.({ functionName, payload: payload(execution) } as never),
    call: (sessionName: string, operation: string) =>
      call?.({ call: { service: 'dynamodb', operation, caller: { sessionName } } } as never),
    request: (user: string) => kubernetesRequest?.({ user, verb: 'get', resource: 'pods' } as never),
  };
};

test("calls count by the session they were made in: the execution's, or that of the function that acts for it", () => {
  const { work, invoke, call, request } = observed();
  invoke('stepcanary-restore', 'a-1');
  call('stepcanary-restore', 'GetItem');
  call('a-1', 'GetItem');
  request('stepcanary:a@b:a-1');
  expect(work.of('a-1')).toEqual({
    lambdaInvocations: 1,
    apiCalls: { 'dynamodb.GetItem': 2, 'kubernetes.get.pods': 1 },
  });
});

test('a function that waits while the watchdog runs keeps its calls, and the watchdog has none', () => {
  const { work, invoke, call } = observed();
  invoke('stepcanary-restore', 'a-1');
  invoke('stepcanary-watchdog');
  call('stepcanary-watchdog', 'Scan');
  call('stepcanary-restore', 'PutItem');
  call('rescue', 'GetItem');
  expect(work.of('a-1').apiCalls).toEqual({ 'dynamodb.PutItem': 1 });
});

test('the session of a long name is its end', () => {
  const { work, invoke, call } = observed();
  const long = `${'a'.repeat(70)}-1`;
  invoke('stepcanary-restore', long);
  call(long.slice(-64), 'GetItem');
  expect(work.of(long).apiCalls).toEqual({ 'dynamodb.GetItem': 1 });
});
