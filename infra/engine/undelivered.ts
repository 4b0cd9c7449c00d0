import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { ENGINE } from '../names.ts';

/** SQS keeps a message for at most 14 days. */
const KEPT = Duration.days(14);

/** Where events go that no function could take: from the rules, and from the functions after their retries. */
export class Undelivered extends Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      queueName: ENGINE.undelivered,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: KEPT,
    });
    const { partition, region, account } = Stack.of(this);
    // One statement for the rules of all services: a statement each would outgrow the queue's policy.
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EventsOfOurRules',
        actions: ['sqs:SendMessage'],
        resources: [this.queueArn],
        principals: [new ServicePrincipal('events.amazonaws.com')],
        conditions: {
          ArnLike: {
            'aws:SourceArn': `arn:${partition}:events:${region}:${account}:rule/${ENGINE.rulePrefix}*`,
          },
        },
      }),
    );
    for (const rule of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'])
      acknowledge(this, rule, 'This is the dead-letter queue; an alarm watches its depth.');
  }
}
