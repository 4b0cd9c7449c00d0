import { arnOf, uuidOf } from '../../names.ts';
import { compilePattern } from '../events/pattern.ts';
import { PerPlace, type Place } from '../place.ts';

/** A message attribute: SNS knows String, String.Array, Number and Binary. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

/** A published message. */
export interface Published {
  readonly topicArn: string;
  readonly messageId: string;
  readonly message: string;
  readonly subject: string | undefined;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly owner: string;
  readonly attributes: Map<string, string>;
}

interface Topic {
  readonly arn: string;
  readonly place: Place;
  readonly attributes: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly subscriptions: Map<string, Subscription>;
}

export interface TopicsOptions {
  /** Brings a message to one subscription (a function, a queue, an address); mail and the like may just be shown. */
  readonly deliver?: (subscription: Subscription, published: Published) => void | Promise<void>;
}

/** A message as a filter policy sees it: texts and numbers by attribute name, lists for String.Array. */
function filterable(attributes: Published['attributes']): Record<string, unknown> {
  const read = ({ DataType, StringValue = '' }: MessageAttribute): unknown => {
    if (DataType.startsWith('Number')) return Number(StringValue);
    return DataType.startsWith('String.Array') ? JSON.parse(StringValue) : StringValue;
  };
  const texts = Object.entries(attributes).filter(([, { StringValue }]) => StringValue !== undefined);
  return Object.fromEntries(texts.map(([name, attribute]) => [name, read(attribute)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a subscription's filter policy lets a message through; SNS's policies are EventBridge's patterns. */
function accepts({ attributes }: Subscription, published: Published): boolean {
  const policy = attributes.get('FilterPolicy');
  if (policy === undefined || policy === '{}') return true;
  const inBody = attributes.get('FilterPolicyScope') === 'MessageBody';
  return compilePattern(JSON.parse(policy))(
    inBody ? parsed(published.message) : filterable(published.attributes),
  );
}

/** SNS topics and subscriptions, per account and region. */
export class Topics {
  readonly #options: TopicsOptions;
  readonly #topics = new PerPlace(() => new Map<string, Topic>());
  readonly #observers = new Set<(published: Published) => void>();
  #messages = 0;

  constructor(options: TopicsOptions = {}) {
    this.#options = options;
  }

  /** Calls `observer` with every message, whatever the subscriptions; returns a function that stops it. */
  onPublish(observer: (published: Published) => void): () => void {
    this.#observers.add(observer);
    return () => {
      this.#observers.delete(observer);
    };
  }

  /** The topic of that name; it comes to be where it is not there. */
  create(place: Place, name: string): Topic {
    const arn = arnOf('sns', place.region, place.account, name);
    const topics = this.#topics.at(place);
    let topic = topics.get(arn);
    if (topic === undefined) {
      topic = { arn, place, attributes: new Map(), tags: new Map(), subscriptions: new Map() };
      topics.set(arn, topic);
    }
    return topic;
  }

  /** By ARN: a topic lives where its ARN says, whoever asks. */
  get(topicArn: string): Topic | undefined {
    const [, , , region = '', account = ''] = topicArn.split(':');
    return this.#topics.at({ region, account }).get(topicArn);
  }

  delete({ arn, place }: Topic): void {
    this.#topics.at(place).delete(arn);
  }

  list(place: Place): readonly Topic[] {
    return [...this.#topics.at(place).values()].sort((a, b) => (a.arn < b.arn ? -1 : 1));
  }

  /** Subscribes an endpoint; the same one twice is one subscription. */
  subscribe(
    topic: Topic,
    {
      protocol,
      endpoint,
      attributes = {},
    }: { protocol: string; endpoint: string; attributes?: Record<string, string> },
  ): Subscription {
    const arn = `${topic.arn}:${uuidOf(`${topic.arn} ${protocol} ${endpoint}`)}`;
    const subscription = topic.subscriptions.get(arn) ?? {
      arn,
      topicArn: topic.arn,
      protocol,
      endpoint,
      owner: topic.place.account,
      attributes: new Map(Object.entries(attributes)),
    };
    topic.subscriptions.set(arn, subscription);
    return subscription;
  }

  /** Publishes: observers hear it at once, subscriptions as their filter policies say. Returns the message's id. */
  async publish(topic: Topic, message: Omit<Published, 'topicArn' | 'messageId'>): Promise<string> {
    const messageId = uuidOf(`message ${topic.arn} ${++this.#messages}`);
    const published: Published = { ...message, topicArn: topic.arn, messageId };
    for (const observer of this.#observers) observer(published);
    for (const subscription of topic.subscriptions.values())
      if (accepts(subscription, published)) await this.#options.deliver?.(subscription, published);
    return messageId;
  }
}
