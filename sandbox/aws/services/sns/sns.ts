import { AwsError, type Behaviours, type Call } from '../../service.ts';
import { compilePattern } from '../events/pattern.ts';
import { pageOf } from '../paging.ts';
import type { Subscription, Topics } from './topics.ts';

const PAGE = 100;
/** A message and its attributes together (Publish: "up to 256 KB"). */
const MOST_BYTES = 256 * 1024;

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const invalid = (message: string) =>
  new AwsError('InvalidParameterException', `Invalid parameter: ${message}`);

const describe = ({ arn, topicArn, protocol, endpoint, owner }: Subscription) => ({
  SubscriptionArn: arn,
  TopicArn: topicArn,
  Protocol: protocol,
  Endpoint: endpoint,
  Owner: owner,
});

const paged = <T>(all: readonly T[], token: string | undefined) =>
  pageOf(all, { size: PAGE, token, invalid: 'InvalidParameterException' });

/** Amazon SNS: topics, subscriptions, messages with attributes and filter policies. */
export function sns(topics: Topics): Behaviours {
  const needed = (arn: string | undefined) => {
    const topic = arn === undefined ? undefined : topics.get(arn);
    if (topic === undefined) throw new AwsError('NotFoundException', 'Topic does not exist');
    return topic;
  };

  const subscription = (arn: string): Subscription => {
    const found = topics.get(arn.split(':').slice(0, 6).join(':'))?.subscriptions.get(arn);
    if (found === undefined) throw new AwsError('NotFoundException', 'Subscription does not exist');
    return found;
  };

  const setAttribute = ({ attributes }: Subscription, name: string, value: string): void => {
    if (name === 'FilterPolicy') checkFilterPolicy(value);
    attributes.set(name, value);
  };

  const allSubscriptions = (call: Call) =>
    topics.list(call).flatMap((topic) => [...topic.subscriptions.values()]);

  const subscriptionPage = (all: readonly Subscription[], token: string | undefined) => {
    const page = paged(all, token);
    return {
      Subscriptions: page.items.map(describe),
      ...(page.next !== undefined && { NextToken: page.next }),
    };
  };

  return {
    CreateTopic({ Name, Attributes = {}, Tags = [] }, call) {
      if (!/^[A-Za-z0-9_-]{1,256}(\.fifo)?$/.test(Name)) throw invalid('Topic Name');
      const topic = topics.create(call, Name);
      for (const [key, value] of Object.entries<string>(Attributes)) topic.attributes.set(key, value);
      for (const { Key, Value } of Tags as Tag[]) topic.tags.set(Key, Value);
      return { TopicArn: topic.arn };
    },

    DeleteTopic({ TopicArn }) {
      const topic = topics.get(TopicArn);
      if (topic !== undefined) topics.delete(topic);
    },

    ListTopics({ NextToken }, call) {
      const page = paged(topics.list(call), NextToken);
      const Topics = page.items.map(({ arn }) => ({ TopicArn: arn }));
      return { Topics, ...(page.next !== undefined && { NextToken: page.next }) };
    },

    GetTopicAttributes({ TopicArn }) {
      const { arn, place, attributes, subscriptions } = needed(TopicArn);
      const own = { TopicArn: arn, Owner: place.account, SubscriptionsConfirmed: String(subscriptions.size) };
      return { Attributes: { ...Object.fromEntries(attributes), ...own } };
    },

    SetTopicAttributes({ TopicArn, AttributeName, AttributeValue = '' }) {
      needed(TopicArn).attributes.set(AttributeName, AttributeValue);
    },

    Subscribe({ TopicArn, Protocol, Endpoint = '', Attributes = {} }) {
      const policy = Attributes.FilterPolicy;
      if (policy !== undefined) checkFilterPolicy(policy);
      const made = topics.subscribe(needed(TopicArn), {
        protocol: Protocol,
        endpoint: Endpoint,
        attributes: Attributes,
      });
      return { SubscriptionArn: made.arn };
    },

    Unsubscribe({ SubscriptionArn }) {
      const { arn, topicArn } = subscription(SubscriptionArn);
      topics.get(topicArn)?.subscriptions.delete(arn);
    },

    GetSubscriptionAttributes({ SubscriptionArn }) {
      const found = subscription(SubscriptionArn);
      return { Attributes: { ...Object.fromEntries(found.attributes), ...describe(found) } };
    },

    SetSubscriptionAttributes: ({ SubscriptionArn, AttributeName, AttributeValue = '' }) =>
      setAttribute(subscription(SubscriptionArn), AttributeName, AttributeValue),

    ListSubscriptions: ({ NextToken }, call) => subscriptionPage(allSubscriptions(call), NextToken),

    ListSubscriptionsByTopic: ({ TopicArn, NextToken }) =>
      subscriptionPage([...needed(TopicArn).subscriptions.values()], NextToken),

    async Publish({ TopicArn, TargetArn, Message, Subject, MessageAttributes = {} }, call) {
      const topic = needed(TopicArn ?? TargetArn);
      if (Message === '') throw invalid('Empty message');
      if (Buffer.byteLength(Message) > MOST_BYTES) throw invalid('Message too long');
      if (Subject !== undefined && !/^[\x20-\x7e]{1,99}$/.test(Subject)) throw invalid('Subject');
      const message = { message: Message, subject: Subject, attributes: MessageAttributes, at: call.now };
      return { MessageId: await topics.publish(topic, message) };
    },

    ListTagsForResource: ({ ResourceArn }) => ({
      Tags: [...needed(ResourceArn).tags].map(([Key, Value]) => ({ Key, Value })),
    }),

    TagResource({ ResourceArn, Tags }) {
      for (const { Key, Value } of Tags as Tag[]) needed(ResourceArn).tags.set(Key, Value);
      return {};
    },

    UntagResource({ ResourceArn, TagKeys }) {
      for (const key of TagKeys as string[]) needed(ResourceArn).tags.delete(key);
      return {};
    },
  };
}

function checkFilterPolicy(policy: string): void {
  if (policy === '' || policy === '{}') return;
  try {
    compilePattern(JSON.parse(policy));
  } catch (error) {
    throw invalid(`FilterPolicy: ${(error as Error).message}`);
  }
}
