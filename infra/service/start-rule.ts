import { Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { REQUESTED } from '../../lambdas/core/release.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { ENGINE, functionName, ruleName, serviceAtTarget } from '../names.ts';

/** EventBridge's own longest: 24 hours, 185 tries. */
const LONGEST_SECONDS = 86_400;
const MOST_TRIES = 185;

/**
 * Matches pushes to the service's repository and, in a region that gets its images from another, their replication.
 * Children of a multi-arch image have no tag; their parent has (ECR guide, "Amazon ECR events and EventBridge").
 */
export const imagePattern = ({ repository, tags }: RolloutSpec['trigger']['ecr']) => ({
  source: ['aws.ecr'],
  'detail-type': ['ECR Image Action', 'ECR Replication Action'],
  detail: {
    'action-type': ['PUSH', 'REPLICATE'],
    result: ['SUCCESS'],
    'repository-name': [repository],
    'image-tag': tags.map((tag) => (tag === '*' ? { exists: true } : { wildcard: tag })),
  },
});

/** Matches what others put on the bus to ask for a release of this service: who may is up to the bus' policy. */
export const requestPattern = (spec: RolloutSpec) => ({
  source: [ENGINE.eventSource],
  'detail-type': [REQUESTED],
  detail: { service: [serviceAtTarget(spec)] },
});

/** The rule that calls `start-rollout` for this service, with the whole event. */
export class StartRule extends Construct {
  constructor(scope: Construct, id: string, { spec }: { readonly spec: RolloutSpec }) {
    super(scope, id);
    const { partition, region, account } = Stack.of(this);
    const arn = (service: string, resource: string): string =>
      `arn:${partition}:${service}:${region}:${account}:${resource}`;
    const known = { service: serviceAtTarget(spec) };
    new CfnRule(this, 'Rule', {
      name: ruleName(spec),
      description: `Starts rollouts of ${serviceAtTarget(spec)}`,
      eventPattern: { $or: [imagePattern(spec.trigger.ecr), requestPattern(spec)] },
      targets: [
        {
          id: 'start-rollout',
          // Names, not imports: the engine can be deployed without asking its services. It also permits the call.
          arn: arn('lambda', `function:${functionName('start-rollout')}`),
          inputTransformer: {
            inputTemplate: `${JSON.stringify(known).slice(0, -1)},"event":<aws.events.event.json>}`,
          },
          retryPolicy: { maximumEventAgeInSeconds: LONGEST_SECONDS, maximumRetryAttempts: MOST_TRIES },
          deadLetterConfig: { arn: arn('sqs', ENGINE.undelivered) },
        },
      ],
    });
  }
}
