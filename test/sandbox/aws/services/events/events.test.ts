import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from 'vitest';
import { AwsError } from '../../../../../sandbox/aws/service.ts';
import { EventBuses } from '../../../../../sandbox/aws/services/events/bus.ts';
import type { DeadLetter } from '../../../../../sandbox/aws/services/events/delivery.ts';
import { events } from '../../../../../sandbox/aws/services/events/events.ts';
import type { Delivery, Target } from '../../../../../sandbox/aws/services/events/rule.ts';
import { VirtualClock } from '../../../../../sandbox/clock.ts';
import { ACCOUNT, localEdge, REGION } from '../../local-edge.ts';

const START = Date.UTC(2026, 10, 21, 12);
const place = { account: ACCOUNT, region: REGION };
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:start-rollout`;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:dead`;
const target: Target = { Id: 'start', Arn: FUNCTION };

const push = { 'action-type': 'PUSH', 'repository-name': 'podinfo', 'image-tag': '6.0.1' };
const pattern = { source: ['aws.ecr'], detail: { 'image-tag': [{ prefix: '6.' }] } };

/** Buses in virtual time; `fail` answers the error of the nth delivery. */
function buses(fail: (attempt: number) => Error | undefined = () => undefined) {
  const clock = new VirtualClock(START);
  const delivered: (Delivery & { at: number })[] = [];
  const dead: DeadLetter[] = [];
  const made = new EventBuses({
    clock,
    deliver(delivery) {
      delivered.push({ ...delivery, at: (clock.now() - START) / 1000 });
      const error = fail(delivered.length);
      if (error !== undefined) throw error;
    },
    onDeadLetter: (letter) => dead.push(letter),
  });
  return { clock, buses: made, delivered, dead };
}

const putPush = (made: EventBuses) =>
  made.put(place, { source: 'aws.ecr', detailType: 'ECR Image Action', detail: push });

describe('rules', () => {
  test('an event goes to the targets of every rule that matches, in its envelope', async () => {
    const { buses: made, delivered } = buses();
    made.putTargets(made.putRule(place, { name: 'push', pattern }), [target]);
    made.putTargets(made.putRule(place, { name: 'other', pattern: { source: ['aws.s3'] } }), [target]);
    const id = await putPush(made);
    expect(delivered.map(({ rule }) => rule.name)).toEqual(['push']);
    expect(JSON.parse(delivered[0]?.input ?? '')).toEqual({
      version: '0',
      id,
      'detail-type': 'ECR Image Action',
      source: 'aws.ecr',
      account: ACCOUNT,
      time: '2026-11-21T12:00:00Z',
      region: REGION,
      resources: [],
      detail: push,
    });
  });

  test('a disabled rule, and a rule in another region, get nothing', async () => {
    const { buses: made, delivered } = buses();
    made.putTargets(made.putRule(place, { name: 'push', pattern, state: 'DISABLED' }), [target]);
    made.putTargets(made.putRule({ ...place, region: 'us-east-1' }, { name: 'push', pattern }), [target]);
    await putPush(made);
    expect(delivered).toEqual([]);
  });

  test('a schedule runs by the clock until the rule is deleted', async () => {
    const { buses: made, clock, delivered } = buses();
    made.putTargets(made.putRule(place, { name: 'watchdog', schedule: 'rate(1 minute)' }), [target]);
    await clock.run(START + 150_000);
    expect(delivered.map(({ at, event }) => [at, event['detail-type']])).toEqual([
      [60, 'Scheduled Event'],
      [120, 'Scheduled Event'],
    ]);
    made.deleteRule(place, 'watchdog');
    await clock.run(START + 600_000);
    expect(delivered).toHaveLength(2);
  });
});

describe('the input of a target', () => {
  const inputOf = async (extra: Partial<Target>) => {
    const { buses: made, delivered } = buses();
    made.putTargets(made.putRule(place, { name: 'push', pattern }), [{ ...target, ...extra }]);
    await putPush(made);
    return delivered[0]?.input ?? '';
  };

  test('a constant', async () => {
    expect(await inputOf({ Input: '{"a":1}' })).toBe('{"a":1}');
  });

  test('a part of the event', async () => {
    expect(JSON.parse(await inputOf({ InputPath: '$.detail' }))).toEqual(push);
  });

  test('a template: texts in quotes, JSON bare, objects whole, the whole event', async () => {
    const InputPathsMap = { tag: '$.detail.image-tag', detail: '$.detail', none: '$.detail.none' };
    const InputTemplate =
      '{"name":"podinfo-<tag>","tag":<tag>,"detail":<detail>,"none":"<none>","rule":"<aws.events.rule-name>","event":<aws.events.event.json>}';
    const input = JSON.parse(await inputOf({ InputTransformer: { InputPathsMap, InputTemplate } }));
    expect(input).toMatchObject({
      name: 'podinfo-6.0.1',
      tag: '6.0.1',
      detail: push,
      none: '',
      rule: 'push',
    });
    expect(input.event.detail).toEqual(push);
  });

  test('a value with quotes keeps the template valid JSON', async () => {
    const { buses: made, delivered } = buses();
    const InputTransformer = { InputPathsMap: { t: '$.detail.t' }, InputTemplate: '{"said":"it is <t>"}' };
    made.putTargets(made.putRule(place, { name: 'r', pattern: { source: ['s'] } }), [
      { ...target, InputTransformer },
    ]);
    await made.put(place, { source: 's', detailType: 'd', detail: { t: 'a "b"\nc' } });
    expect(JSON.parse(delivered[0]?.input ?? '')).toEqual({ said: 'it is a "b"\nc' });
  });
});

describe('a target that fails', () => {
  const retrying = async (
    fail: (attempt: number) => Error | undefined,
    RetryPolicy?: Target['RetryPolicy'],
  ) => {
    const all = buses(fail);
    const policy = { ...target, ...(RetryPolicy && { RetryPolicy }), DeadLetterConfig: { Arn: QUEUE } };
    all.buses.putTargets(all.buses.putRule(place, { name: 'push', pattern }), [policy]);
    await putPush(all.buses);
    await all.clock.run(START + 48 * 3_600_000);
    return all;
  };

  test('is tried again with growing waits until it takes the event', async () => {
    const { delivered, dead } = await retrying((attempt) => (attempt < 4 ? new Error('busy') : undefined));
    expect(delivered.map(({ at, attempt }) => [attempt, at])).toEqual([
      [1, 0],
      [2, 1],
      [3, 3],
      [4, 7],
    ]);
    expect(dead).toEqual([]);
  });

  test('goes to the dead-letter queue after the retries of its policy', async () => {
    const { delivered, dead } = await retrying(() => new Error('busy'), { MaximumRetryAttempts: 2 });
    expect(delivered).toHaveLength(3);
    expect(dead).toMatchObject([{ queue: QUEUE, exhausted: 'MaximumRetryAttempts', errorMessage: 'busy' }]);
  });

  test('goes to the dead-letter queue when the event is too old', async () => {
    const { delivered, dead } = await retrying(() => new Error('busy'), { MaximumEventAgeInSeconds: 60 });
    expect(delivered.at(-1)?.at).toBeLessThanOrEqual(60);
    expect(dead).toMatchObject([{ exhausted: 'MaximumEventAgeInSeconds' }]);
  });

  test('is not tried again when no retry can help', async () => {
    const { delivered, dead } = await retrying(
      () => new AwsError('ResourceNotFoundException', 'no such function'),
    );
    expect(delivered).toHaveLength(1);
    expect(dead).toMatchObject([{ exhausted: 'FinalError', errorCode: 'ResourceNotFoundException' }]);
  });
});

describe('the API', () => {
  const client = async () => {
    const all = buses();
    const local = await localEdge({ services: () => ({ events: events(all.buses) }) });
    return { ...all, ...local, client: new EventBridgeClient(local.config()) };
  };

  test('a rule, its targets and an event by a stock client', async () => {
    const { client: bridge, delivered } = await client();
    await bridge.send(new PutRuleCommand({ Name: 'push', EventPattern: JSON.stringify(pattern) }));
    await bridge.send(new PutTargetsCommand({ Rule: 'push', Targets: [target] }));
    const Entries = [{ Source: 'aws.ecr', DetailType: 'ECR Image Action', Detail: JSON.stringify(push) }];
    const answer = await bridge.send(new PutEventsCommand({ Entries }));
    expect(answer.FailedEntryCount).toBe(0);
    expect(delivered[0]?.event.id).toBe(answer.Entries?.[0]?.EventId);
    const rule = await bridge.send(new DescribeRuleCommand({ Name: 'push' }));
    expect(JSON.parse(rule.EventPattern ?? '')).toEqual(pattern);
    await expect(bridge.send(new DeleteRuleCommand({ Name: 'push' }))).rejects.toMatchObject({
      message: /has targets/,
    });
    await bridge.send(new RemoveTargetsCommand({ Rule: 'push', Ids: ['start'] }));
    await bridge.send(new DeleteRuleCommand({ Name: 'push' }));
    expect((await bridge.send(new ListRulesCommand({}))).Rules).toEqual([]);
  });

  test('each bad entry fails for itself', async () => {
    const { client: bridge } = await client();
    const good = { Source: 'own', DetailType: 'd', Detail: '{}' };
    const Entries = [
      good,
      { ...good, Detail: '{' },
      { ...good, Detail: '1' },
      { ...good, DetailType: undefined },
    ];
    const answer = await bridge.send(new PutEventsCommand({ Entries }));
    expect(answer.FailedEntryCount).toBe(3);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'MalformedDetail',
      'InvalidArgument',
    ]);
  });

  test('a role may not send events in the name of an AWS service', async () => {
    const { config, iam } = await client();
    const arn = `arn:aws:iam::${ACCOUNT}:role/sender`;
    const Statement = { Effect: 'Allow' as const, Action: 'events:PutEvents', Resource: '*' };
    iam.putRole({ arn, trust: { Statement: [] }, policies: [{ Statement }] });
    const { accessKeyId } = iam.createSession(arn, { sessionName: 's' });
    const Entries = [{ Source: 'aws.ecr', DetailType: 'd', Detail: '{}' }];
    const answer = await new EventBridgeClient(config(accessKeyId)).send(new PutEventsCommand({ Entries }));
    expect(answer.Entries?.[0]?.ErrorCode).toBe('NotAuthorizedForSourceException');
  });

  test.each([
    ['EventPattern', { EventPattern: '{"source":"aws.ecr"}' }, 'InvalidEventPatternException'],
    ['ScheduleExpression', { ScheduleExpression: 'rate(1 minutes)' }, 'ValidationException'],
    ['no pattern and no schedule', {}, 'ValidationException'],
  ])('a rule with a bad %s is refused', async (_, input, name) => {
    const { client: bridge } = await client();
    await expect(bridge.send(new PutRuleCommand({ Name: 'r', ...input }))).rejects.toMatchObject({ name });
  });
});
