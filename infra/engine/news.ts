import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ENGINE } from '../names.ts';

/** The one topic: news of rollouts, and alarms. */
export class News extends Topic {
  constructor(scope: Construct, id: string) {
    super(scope, id, { topicName: ENGINE.topic, displayName: 'stepcanary', enforceSSL: true });
    // A topic with a policy of its own loses the default one, by which alarms may publish.
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}
