import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Message } from '../core/messages/announcement.ts';
import type { Announcer } from '../core/ports.ts';
import { fromAws } from './aws-errors.ts';

/** An SNS subject is ASCII text of up to 100 characters without line breaks (Publish, API reference). */
const SUBJECT_CHARACTERS = 100;
const subject = (title: string): string => title.replace(/[^\x20-\x7e]+/g, ' ').slice(0, SUBJECT_CHARACTERS);

const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });

/**
 * Publishes to a topic: the Amazon Q custom notification for chat and whatever else subscribes, plain text for mail.
 * Subscriptions filter by the attributes service, target, severity and phase.
 */
export class SnsAnnouncer implements Announcer {
  readonly name = 'SNS';
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.#client = client;
    this.#topicArn = topicArn;
  }

  async send({ title, text, amazonQ, attributes }: Message): Promise<void> {
    await this.#client
      .send(
        new PublishCommand({
          TopicArn: this.#topicArn,
          Subject: subject(title),
          MessageStructure: 'json',
          Message: JSON.stringify({ default: JSON.stringify(amazonQ), email: text }),
          MessageAttributes: {
            service: attribute(attributes.service),
            target: attribute(attributes.target),
            severity: attribute(attributes.severity),
            phase: attribute(attributes.phase),
          },
        }),
      )
      .catch(fromAws('publish to the topic'));
  }
}
