import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RealClock, VirtualClock } from '../../sandbox/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { synthesiseMiniApp } from './mini-app.ts';

const START = Date.UTC(2030, 0, 1);
let app: ReturnType<typeof synthesiseMiniApp>;
const running: Sandbox[] = [];

beforeAll(() => {
  app = synthesiseMiniApp();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});
afterAll(() => app.remove());

const start = async (options: Partial<SandboxOptions> = {}) => {
  const clock = new VirtualClock(START);
  const log: string[] = [];
  const sandbox = await startSandbox({
    clock,
    virtual: true,
    assemblyDirectory: app.assembly,
    observer: { log: (line) => log.push(line) },
    ...options,
  });
  running.push(sandbox);
  const repository = sandbox.stores.images.create(sandbox, 'podinfo', START);
  const push = (tag: string) =>
    sandbox.stores.images.push(repository, { manifest: JSON.stringify({ tag }), tag }, clock.now());
  return { sandbox, clock, log, push };
};

const executions = async (sandbox: Sandbox) => {
  const stateMachineArn = `arn:aws:states:${sandbox.region}:${sandbox.account}:stateMachine:rollout`;
  const { executions } = await sandbox.call('states', 'ListExecutions', { stateMachineArn });
  return Promise.all(
    (executions as { executionArn: string }[]).map(({ executionArn }) =>
      sandbox.call('states', 'DescribeExecution', { executionArn }),
    ),
  );
};

describe('a deployed assembly', () => {
  it('runs from a push over rule, function and state machine to a function, in virtual time', async () => {
    const { sandbox, clock, push, log } = await start();
    const statuses: string[] = [];
    sandbox.observe({ execution: ({ status }) => statuses.push(status) });
    await push('6.0.1');
    await clock.run(START + 3_600_000);
    const [execution] = await executions(sandbox);
    expect(execution).toMatchObject({ name: 'rollout-6.0.1', status: 'SUCCEEDED' });
    expect(JSON.parse(String(execution?.output))).toEqual({
      greeting: 'hello 6.0.1',
      now: '2030-01-01T00:01:00.000Z',
      clock: START + 60_000,
    });
    expect(statuses).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(log).toEqual([]);
  });

  it('fails an execution with the name and the payload of its function’s error', async () => {
    const { sandbox, clock, push } = await start();
    await push('bad');
    await clock.run(START + 3_600_000);
    const [execution] = await executions(sandbox);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'Canary.Bad' });
    expect(JSON.parse(String(execution?.cause)).errorMessage).toBe('no such tag');
  });

  it('lets a call that hangs cost virtual time only: the function times out and is retried', async () => {
    const { sandbox, clock, push } = await start();
    sandbox.faults.arm({ call: 'states.StartExecution', error: 'hang' });
    await push('6.0.1');
    await clock.run(START + 3_600_000);
    const [execution] = await executions(sandbox);
    expect(execution).toMatchObject({ name: 'rollout-6.0.1', status: 'SUCCEEDED' });
    // The function's own time-out of 20 s, then the minute until Lambda's first retry.
    expect(execution?.startDate).toEqual(new Date(START + 80_000));
  });

  it('calls functions with the role of the state machine', async () => {
    const { sandbox, clock } = await start();
    const name = 'unable';
    const { roleArn } = sandbox.lambda.functions.resolve('greet').config;
    const Greet = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'greet' },
      End: true,
    };
    const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Greet', States: { Greet } });
    const { stateMachineArn } = await sandbox.call('states', 'CreateStateMachine', {
      name,
      definition,
      roleArn,
    });
    const { executionArn } = await sandbox.call('states', 'StartExecution', { stateMachineArn });
    await clock.run(START + 60_000);
    expect(await sandbox.call('states', 'DescribeExecution', { executionArn })).toMatchObject({
      status: 'FAILED',
      error: 'Lambda.AWSLambdaException',
      cause: expect.stringMatching(/is not authorized to perform: lambda:InvokeFunction on resource/),
    });
  });

  it('delivers nothing to a function that does not let the rule in; the event goes to the dead-letter queue', async () => {
    const { sandbox, clock, push } = await start();
    const invoked: string[] = [];
    sandbox.observe({ invocation: ({ functionName }) => invoked.push(functionName) });
    await push('intruder');
    await clock.run(START + 3_600_000);
    expect(invoked).toEqual([]);
    const [message] = sandbox.stores.queues.messages(`arn:aws:sqs:eu-west-1:${sandbox.account}:undelivered`);
    expect(JSON.parse(message?.body ?? '').detail['image-tag']).toBe('intruder');
    expect(message?.attributes.ERROR_CODE).toMatch(/AccessDenied/);
  });
});

describe('a topic with a queue', () => {
  it('reaches it only when the queue’s policy lets the topic in', async () => {
    const { sandbox, log } = await start();
    const { queues } = sandbox.stores;
    const queue = `arn:aws:sqs:eu-west-1:${sandbox.account}:news`;
    queues.create(queue, 'https://news');
    const { TopicArn } = await sandbox.call('sns', 'CreateTopic', { Name: 'news' });
    const Attributes = { RawMessageDelivery: 'true' };
    await sandbox.call('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: queue, Attributes });
    await sandbox.call('sns', 'Publish', { TopicArn, Message: 'lost' });
    expect(queues.messages(queue)).toEqual([]);
    expect(log).toEqual([expect.stringContaining('not authorized to perform: sqs:SendMessage')]);
    queues.setPolicy('https://news', {
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queue,
        Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
      },
    });
    await sandbox.call('sns', 'Publish', { TopicArn, Message: 'heard' });
    expect(queues.messages(queue).map(({ body }) => body)).toEqual(['heard']);
  });
});

describe('sandboxes', () => {
  it('side by side don’t touch each other, and leave nothing behind', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'sandboxes-'));
    vi.stubEnv('TMPDIR', temporary);
    const [first, second] = await Promise.all([start(), start({ virtual: false, clock: new RealClock() })]);
    expect(first.sandbox.endpoint).not.toBe(second.sandbox.endpoint);
    await first.push('6.0.1');
    await first.clock.run(START + 3_600_000);
    expect(await executions(first.sandbox)).toHaveLength(1);
    expect(await executions(second.sandbox)).toHaveLength(0);
    const endpoints = running.map(({ endpoint }) => endpoint);
    await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
    for (const endpoint of endpoints) await expect(fetch(endpoint)).rejects.toThrow();
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
  });

  it('that cannot deploy say why, and leave nothing running', async () => {
    await expect(start({ assemblyDirectory: tmpdir() })).rejects.toThrow('no cloud assembly here');
  });
});
