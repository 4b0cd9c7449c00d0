import { evaluate, evaluateTrust } from '../aws/iam/evaluate.ts';
import type { PolicyDocument } from '../aws/iam/policy.ts';
import type { IamStore } from '../aws/iam/store.ts';
import { AwsError } from '../aws/service.ts';
import type { DeadLetter } from '../aws/services/events/delivery.ts';
import type { Delivery } from '../aws/services/events/rule.ts';
import type { Published, Subscription } from '../aws/services/sns/topics.ts';
import type { Clock } from '../clock.ts';
import { alarmEvent, alarmMessage } from '../cloudwatch/alarm-news.ts';
import type { AlarmChange } from '../cloudwatch/alarm-store.ts';
import type { FailedEvent } from '../lambda/async-invocations.ts';
import type { FunctionPolicies } from '../lambda/function-policies.ts';
import type { LambdaHost } from '../lambda/host.ts';
import type { ApiCalls } from './api-calls.ts';
import type { Stores } from './stores.ts';

/** What the deliveries reach. Given as functions where the parts need each other. */
export interface DeliveryTargets {
  readonly clock: Clock;
  readonly stores: () => Stores;
  readonly host: () => LambdaHost;
  readonly calls: () => ApiCalls;
  readonly functionPolicies: FunctionPolicies;
  /** Told of what is lost: a delivery with nowhere to go. */
  readonly log: (line: string) => void;
}

/** On whose behalf a delivery is made: a service for one of its resources, or a function's role. */
type Sender = { readonly service: string; readonly sourceArn: string } | { readonly roleArn: string };

/** What is brought: its text, a topic's subject, a queue's attributes. */
interface Letter {
  readonly body: string;
  readonly subject?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

const refused = (what: string, targetArn: string) =>
  new AwsError('AccessDeniedException', `not authorized to perform: ${what} on resource: ${targetArn}`, 403);

const serviceOf = (arn: string): string => arn.split(':')[2] ?? '';

/** A resource policy's word on a service that acts for one of its resources. */
const policyAllows = (policy: unknown, action: string, resource: string, sender: Sender): boolean => {
  if (policy === undefined || !('service' in sender)) return false;
  const account = sender.sourceArn.split(':')[4] ?? '';
  const context = {
    'aws:sourcearn': [sender.sourceArn],
    'aws:sourceaccount': [account],
    'aws:securetransport': ['true'],
  };
  const caller = { arns: [], account, service: sender.service };
  return evaluateTrust(policy as PolicyDocument, caller, { action, resource, context }).decision === 'allow';
};

const roleAllows = (iam: IamStore, action: string, resource: string, sender: Sender): boolean =>
  'roleArn' in sender &&
  evaluate(iam.role(sender.roleArn)?.policies ?? [], { action, resource, context: {} }) === 'allow';

/** Brings events, messages and failures from one service to the next, each only where the policies allow it. */
export class Deliveries {
  readonly #targets: DeliveryTargets;

  constructor(targets: DeliveryTargets) {
    this.#targets = targets;
  }

  /** An event to a rule's target. */
  async event({ target, rule, input }: Delivery): Promise<void> {
    const sender = { service: 'events.amazonaws.com', sourceArn: rule.arn };
    if (serviceOf(target.Arn) !== 'states') return this.#send(target.Arn, { body: input }, sender);
    if (target.RoleArn === undefined) throw refused('states:StartExecution', target.Arn);
    const asRule = this.#targets.calls().asRole(target.RoleArn, rule.name.slice(0, 64));
    await asRule('states', 'StartExecution', { stateMachineArn: target.Arn, input }, rule.place);
  }

  /** An event that its target could not take, to the dead-letter queue; EventBridge adds why as attributes. */
  async deadLetter({ queue, delivery, errorCode, errorMessage, exhausted }: DeadLetter): Promise<void> {
    const { target, rule, input, attempt } = delivery;
    const what = `rule ${rule.name}: not delivered to ${target.Arn}: ${errorCode}: ${errorMessage}`;
    if (queue === undefined) return this.#targets.log(`${what}; the event is lost`);
    const attributes = {
      RULE_ARN: rule.arn,
      TARGET_ARN: target.Arn,
      ERROR_CODE: errorCode,
      ERROR_MESSAGE: errorMessage,
      EXHAUSTED_RETRY_CONDITION: exhausted,
      RETRY_ATTEMPTS: String(attempt - 1),
    };
    const sender = { service: 'events.amazonaws.com', sourceArn: rule.arn };
    await this.#orLose(what, () => this.#send(queue, { body: input, attributes }, sender));
  }

  /** A published message to a subscription; addresses outside the sandbox (mail, phones) get nothing. */
  async message({ protocol, endpoint, attributes }: Subscription, published: Published): Promise<void> {
    if (protocol !== 'lambda' && protocol !== 'sqs') return;
    const sender = { service: 'sns.amazonaws.com', sourceArn: published.topicArn };
    const isRaw = protocol === 'sqs' && attributes.get('RawMessageDelivery') === 'true';
    const body = isRaw ? published.message : notification(published, protocol);
    await this.#orLose(`topic ${published.topicArn}`, () => this.#send(endpoint, { body }, sender));
  }

  /** An asynchronous invocation that failed for good, to the function's destination or dead-letter target. */
  async failedInvocation({ targetArn, body, attributes, roleArn }: FailedEvent): Promise<void> {
    await this.#orLose(`a function of ${roleArn}`, () =>
      this.#send(targetArn, { body, attributes }, { roleArn }),
    );
  }

  /** A changed alarm to the event bus, and to the topics and functions that are its actions. */
  async alarm(change: AlarmChange): Promise<void> {
    const { subject, message } = alarmMessage(change);
    for (const action of change.actions) {
      const service =
        serviceOf(action) === 'lambda'
          ? 'lambda.alarms.cloudwatch.amazonaws.com'
          : 'cloudwatch.amazonaws.com';
      const sender = { service, sourceArn: change.arn };
      const said = await this.#send(action, { body: message, subject }, sender).then(
        () => 'Successfully executed action',
        ({ name, message: why }: Error) => `Failed to execute action (${name}: ${why})`,
      );
      change.note(`${said} ${action}`);
      if (said.startsWith('Failed')) this.#targets.log(`alarm ${change.alarm.AlarmName}: ${said} ${action}`);
    }
    await this.#targets.stores().buses.put(change, alarmEvent(change));
  }

  async #orLose(what: string, send: () => Promise<void>): Promise<void> {
    await send().catch((error: Error) =>
      this.#targets.log(`${what}: ${error.name}: ${error.message}; it is lost`),
    );
  }

  async #send(arn: string, letter: Letter, sender: Sender): Promise<void> {
    const service = serviceOf(arn);
    if (service === 'lambda') return this.#toFunction(arn, letter.body, sender);
    if (service === 'sqs') return this.#toQueue(arn, letter, sender);
    if (service === 'sns') return this.#toTopic(arn, letter, sender);
    throw new AwsError(
      'ValidationException',
      `The sandbox delivers to functions, queues, topics and state machines, not ${arn}`,
    );
  }

  async #toFunction(arn: string, payload: string, sender: Sender): Promise<void> {
    const { functionPolicies, host, stores } = this.#targets;
    const allowed =
      'service' in sender
        ? functionPolicies.allows(arn, sender.service, sender.sourceArn)
        : roleAllows(stores().iam, 'lambda:InvokeFunction', arn, sender);
    if (!allowed) throw refused('lambda:InvokeFunction', arn);
    await host().invoke(arn, payload, { type: 'Event' });
  }

  async #toQueue(arn: string, { body, attributes = {} }: Letter, sender: Sender): Promise<void> {
    const { stores, clock } = this.#targets;
    const { queues, iam } = stores();
    const action = 'sqs:SendMessage';
    const allowed =
      policyAllows(queues.policy(arn), action, arn, sender) || roleAllows(iam, action, arn, sender);
    if (!allowed) throw refused(action, arn);
    queues.send(arn, { body, attributes, sentAt: clock.now() });
  }

  async #toTopic(arn: string, { body, subject }: Letter, sender: Sender): Promise<void> {
    const { stores, clock } = this.#targets;
    const { topics, iam } = stores();
    const topic = topics.get(arn);
    if (topic === undefined) throw new AwsError('NotFoundException', 'Topic does not exist', 404);
    const policy = topic.attributes.get('Policy');
    const parsed = policy === undefined ? undefined : JSON.parse(policy);
    const allowed =
      policyAllows(parsed, 'sns:Publish', arn, sender) || roleAllows(iam, 'sns:Publish', arn, sender);
    if (!allowed) throw refused('sns:Publish', arn);
    await topics.publish(topic, { message: body, subject, attributes: {}, at: clock.now() });
  }
}

/** A message as functions and queues receive it (SNS developer guide, "Fanout"). */
const notification = (published: Published, protocol: 'lambda' | 'sqs'): string => {
  const { topicArn, messageId, message, subject, at, attributes } = published;
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue }]) => [
      name,
      { Type: DataType, Value: StringValue },
    ]),
  );
  const Sns = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: message,
    Timestamp: new Date(at).toISOString(),
    MessageAttributes,
  };
  return JSON.stringify(
    protocol === 'sqs' ? Sns : { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns }] },
  );
};
