import { Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { REQUESTED } from '../../lambdas/core/release.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { ENGINE, functionName, ruleName, serviceAtTarget, templateRuleName } from '../names.ts';

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

/** The rules that call `start-rollout` for this service: with the whole event, and each minute where a template is watched. */
export class StartRule extends Construct {
  constructor(scope: Construct, id: string, { spec }: { readonly spec: RolloutSpec }) {
    super(scope, id);
    const service = serviceAtTarget(spec);
    const { tags } = spec.trigger.ecr;
    const requests = requestPattern(spec);
    new CfnRule(this, 'Rule', {
      name: ruleName(spec),
      description: `Starts rollouts of ${service}`,
      eventPattern: tags.length === 0 ? requests : { $or: [imagePattern(spec.trigger.ecr), requests] },
      targets: [
        this.#startRollout(LONGEST_SECONDS, {
          inputTemplate: `${JSON.stringify({ service }).slice(0, -1)},"event":<aws.events.event.json>}`,
        }),
      ],
    });
    if (!spec.trigger.template) return;
    new CfnRule(this, 'TemplateRule', {
      name: templateRuleName(spec),
      description: `Releases the pod template of ${spec.workload.canary} when somebody has changed it`,
      scheduleExpression: 'rate(1 minute)',
      targets: [
        // The next look comes in a minute: an old one says nothing new.
        this.#startRollout(60, {
          inputPathsMap: { time: '$.time' },
          inputTemplate: `${JSON.stringify({ service, template: true }).slice(0, -1)},"now":<time>}`,
        }),
      ],
    });
  }

  #startRollout(
    maximumEventAgeInSeconds: number,
    inputTransformer: CfnRule.InputTransformerProperty,
  ): CfnRule.TargetProperty {
    const { partition, region, account } = Stack.of(this);
    const arn = (service: string, resource: string): string =>
      `arn:${partition}:${service}:${region}:${account}:${resource}`;
    return {
      id: 'start-rollout',
      // Names, not imports: the engine can be deployed without asking its services. It also permits the call.
      arn: arn('lambda', `function:${functionName('start-rollout')}`),
      inputTransformer,
      retryPolicy: { maximumEventAgeInSeconds, maximumRetryAttempts: MOST_TRIES },
      deadLetterConfig: { arn: arn('sqs', ENGINE.undelivered) },
    };
  }
}
