import type { Queues } from '../../queues.ts';
import {
  type ApiCall,
  items,
  needed,
  type ResourceContext,
  type ResourceProviders,
  text,
} from '../provider.ts';
import type { Fields } from '../template.ts';
import { jsonText, pick } from './api.ts';

/** SNS takes a subscription's settings as texts. */
const attributesOf = (properties: Fields): Fields =>
  Object.fromEntries(
    [
      'FilterPolicy',
      'FilterPolicyScope',
      'RedrivePolicy',
      'RawMessageDelivery',
      'SubscriptionRoleArn',
    ].flatMap((name) => (properties[name] === undefined ? [] : [[name, jsonText(properties[name])]])),
  );

const subscribe = async (call: ApiCall, topicArn: string, properties: Fields): Promise<string> => {
  const { SubscriptionArn } = await call('sns', 'Subscribe', {
    TopicArn: topicArn,
    Protocol: needed(properties, 'Protocol'),
    ...pick(properties, 'Endpoint'),
    Attributes: attributesOf(properties),
    ReturnSubscriptionArn: true,
  });
  return String(SubscriptionArn);
};

const createTopic = async (properties: Fields, { name, call }: ResourceContext) => {
  const topicName = name(properties.TopicName, 256);
  const displayName = text(properties, 'DisplayName');
  const { TopicArn } = await call('sns', 'CreateTopic', {
    Name: topicName,
    ...(displayName === undefined ? {} : { Attributes: { DisplayName: displayName } }),
  });
  const arn = String(TopicArn);
  for (const subscription of items(properties, 'Subscription'))
    await subscribe(call, arn, subscription as Fields);
  return { ref: arn, attributes: { TopicArn: arn, TopicName: topicName } };
};

/** Topics and subscriptions. */
export const topicResources: ResourceProviders = {
  'AWS::SNS::Topic': createTopic,
  'AWS::SNS::Subscription': async (properties, { call }) => {
    const arn = await subscribe(call, needed(properties, 'TopicArn'), properties);
    return { ref: arn, attributes: { Arn: arn } };
  },
  'AWS::SNS::TopicPolicy': async (properties, { logicalId, call }) => {
    for (const TopicArn of items(properties, 'Topics').map(String)) {
      const AttributeValue = jsonText(properties.PolicyDocument);
      await call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
    }
    return { ref: logicalId };
  },
};

/** Queues: the dead-letter queues of rules, functions and subscriptions. */
export const queueResources = (queues: Queues): ResourceProviders => ({
  'AWS::SQS::Queue': (properties, { name, arn, region, account }) => {
    const queueName = name(properties.QueueName, 80);
    const queueArn = arn('sqs', queueName);
    const url = `https://sqs.${region}.amazonaws.com/${account}/${queueName}`;
    queues.create(queueArn, url);
    return { ref: url, attributes: { Arn: queueArn, QueueName: queueName, QueueUrl: url } };
  },
  'AWS::SQS::QueuePolicy': (properties, { logicalId }) => {
    for (const url of items(properties, 'Queues')) queues.setPolicy(String(url), properties.PolicyDocument);
    return { ref: logicalId };
  },
});
