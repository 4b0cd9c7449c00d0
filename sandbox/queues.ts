import { AwsError } from './aws/service.ts';

/** A message in a queue, with the attributes that its sender gave. */
export interface QueueMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Epoch milliseconds of the sandbox's time. */
  readonly sentAt: number;
}

interface Queue {
  readonly url: string;
  readonly messages: QueueMessage[];
  policy?: unknown;
}

/** The sandbox's SQS: dead-letter queues, which keep what they get until somebody reads it. */
export class Queues {
  readonly #queues = new Map<string, Queue>();
  readonly #onDepth: (arn: string, depth: number) => void;

  /** @param onDepth told how many messages wait after each one that came */
  constructor(onDepth: (arn: string, depth: number) => void = () => {}) {
    this.#onDepth = onDepth;
  }

  create(arn: string, url: string): void {
    if (!this.#queues.has(arn)) this.#queues.set(arn, { url, messages: [] });
  }

  setPolicy(url: string, policy: unknown): void {
    for (const queue of this.#queues.values()) if (queue.url === url) queue.policy = policy;
  }

  /** The queue's resource policy; undefined: none. */
  policy(arn: string): unknown {
    return this.#queue(arn).policy;
  }

  /** @throws AwsError AWS.SimpleQueueService.NonExistentQueue */
  send(arn: string, message: QueueMessage): void {
    const { messages } = this.#queue(arn);
    messages.push(message);
    this.#onDepth(arn, messages.length);
  }

  messages(arn: string): readonly QueueMessage[] {
    return this.#queue(arn).messages;
  }

  /** How many messages wait, by queue ARN. */
  depths(): ReadonlyMap<string, number> {
    return new Map([...this.#queues].map(([arn, { messages }]) => [arn, messages.length]));
  }

  #queue(arn: string): Queue {
    const queue = this.#queues.get(arn);
    if (queue === undefined) {
      throw new AwsError('AWS.SimpleQueueService.NonExistentQueue', `The queue ${arn} does not exist.`, 400);
    }
    return queue;
  }
}
