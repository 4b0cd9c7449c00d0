import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  type MessageAttributeValue,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { sns } from '../../../../sandbox/aws/services/sns/sns.ts';
import { type Published, Topics } from '../../../../sandbox/aws/services/sns/topics.ts';
import { localEdge } from '../local-edge.ts';

async function topic() {
  const delivered: string[] = [];
  const published: Published[] = [];
  const topics = new Topics({
    deliver: ({ endpoint }, { message }) => void delivered.push(`${endpoint}: ${message}`),
  });
  topics.onPublish((message) => published.push(message));
  const { config, clock } = await localEdge({ services: () => ({ sns: sns(topics) }) });
  const client = new SNSClient(config());
  const { TopicArn } = await client.send(new CreateTopicCommand({ Name: 'alerts' }));
  const subscribe = (Endpoint: string, Attributes = {}) =>
    client.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'email',
        Endpoint,
        Attributes,
        ReturnSubscriptionArn: true,
      }),
    );
  const publish = (Message: string, attributes: Record<string, string> = {}, more = {}) => {
    const MessageAttributes: Record<string, MessageAttributeValue> = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
    return client.send(new PublishCommand({ TopicArn, Message, MessageAttributes, ...more }));
  };
  return { client, TopicArn, clock, delivered, published, subscribe, publish };
}

test('a message with its attributes is heard, subscriptions or not', async () => {
  const { publish, published, TopicArn } = await topic();
  const { MessageId } = await publish('rolled back', { severity: 'error' }, { Subject: 'podinfo' });
  expect(published).toMatchObject([
    {
      topicArn: TopicArn,
      messageId: MessageId,
      message: 'rolled back',
      subject: 'podinfo',
      attributes: { severity: { DataType: 'String', StringValue: 'error' } },
    },
  ]);
});

test('a filter policy lets only what it names through', async () => {
  const { subscribe, publish, delivered } = await topic();
  await subscribe('all@x');
  await subscribe('errors@x', { FilterPolicy: '{"severity":["error",{"prefix":"wa"}]}' });
  await subscribe('body@x', { FilterPolicy: '{"phase":["Failed"]}', FilterPolicyScope: 'MessageBody' });
  await publish('started', { severity: 'info' });
  await publish('{"phase":"Failed"}', { severity: 'error' });
  expect(delivered).toEqual([
    'all@x: started',
    'all@x: {"phase":"Failed"}',
    'errors@x: {"phase":"Failed"}',
    'body@x: {"phase":"Failed"}',
  ]);
});

test('the same endpoint twice is one subscription, and it can leave', async () => {
  const { subscribe, client, TopicArn } = await topic();
  const { SubscriptionArn } = await subscribe('a@x');
  expect((await subscribe('a@x')).SubscriptionArn).toBe(SubscriptionArn);
  await client.send(new UnsubscribeCommand({ SubscriptionArn }));
  expect((await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toEqual([]);
});

test.each([
  ['a topic that is not there', { TopicArn: 'arn:aws:sns:eu-west-1:111122223333:none' }, 'NotFoundException'],
  ['a message over 256 KB', { Message: 'x'.repeat(262_145) }, 'InvalidParameterException'],
  ['a subject with a line break', { Subject: 'a\nb' }, 'InvalidParameterException'],
])('%s is refused', async (_, more, name) => {
  const { publish, published } = await topic();
  await expect(publish('m', {}, more)).rejects.toMatchObject({ name });
  expect(published).toEqual([]);
});

test('a filter policy that SNS would refuse is refused', async () => {
  const { subscribe } = await topic();
  await expect(subscribe('a@x', { FilterPolicy: '{"severity":"error"}' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: /FilterPolicy: severity/,
  });
});
