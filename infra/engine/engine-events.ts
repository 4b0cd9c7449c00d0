import { Duration, Stack } from 'aws-cdk-lib';
import { type IRuleTarget, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENGINE } from '../names.ts';

/** What the engine's own rules connect. */
export interface EngineEventsProps {
  readonly startRollout: LambdaFunction;
  readonly rescue: LambdaFunction;
  readonly watchdog: LambdaFunction;
  readonly undelivered: IQueue;
}

/** A lost event about an ended execution is found by the watchdog within a minute; older ones say nothing new. */
const RESCUE_AGE = Duration.hours(1);
/** A push stays worth trying for as long as EventBridge itself would (24 h, 185 times; Lambda keeps an event for 6 h). */
const START_AGE = Duration.hours(6);

/** What calls the functions outside the machine, and where events go that they could not take. */
export class EngineEvents extends Construct {
  readonly #undelivered: IQueue;

  constructor(scope: Construct, id: string, props: EngineEventsProps) {
    super(scope, id);
    this.#undelivered = props.undelivered;
    this.#allowRules(props.startRollout);
    this.#keepFailures(props.startRollout, START_AGE, 2);
    this.#keepFailures(props.rescue, RESCUE_AGE, 2);
    this.#keepFailures(props.watchdog, Duration.minutes(1), 0);

    // StopExecution and a timeout run no Catch, so traffic is made safe from outside.
    new Rule(this, 'ExecutionEnded', {
      ruleName: `${ENGINE.rulePrefix}execution-ended`,
      description: 'Makes traffic safe after an execution that ended without doing so itself',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [machineArn(Stack.of(this))],
          status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
        },
      },
      targets: [this.#call(props.rescue, RESCUE_AGE)],
    });
    new Rule(this, 'EveryMinute', {
      ruleName: `${ENGINE.rulePrefix}every-minute`,
      description: 'Looks after services whose execution is gone, as events come by best effort only',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [this.#call(props.watchdog, Duration.minutes(1))],
    });
  }

  /** One permission for the rules of all services: a function's policy has room for about fifty of them (20 KB). */
  #allowRules(startRollout: LambdaFunction): void {
    const { partition, region, account } = Stack.of(this);
    startRollout.addPermission('RulesOfServices', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: `arn:${partition}:events:${region}:${account}:rule/${ENGINE.rulePrefix}*`,
    });
  }

  #keepFailures(target: LambdaFunction, maxEventAge: Duration, retryAttempts: number): void {
    target.configureAsyncInvoke({
      maxEventAge,
      retryAttempts,
      onFailure: new SqsDestination(this.#undelivered),
    });
  }

  /** As aws-events-targets does, but with the queue's one statement for all rules in place of one each. */
  #call(target: IFunction, maxEventAge: Duration): IRuleTarget {
    return {
      bind: (rule) => {
        target.addPermission(`Allow${rule.node.id}`, {
          principal: new ServicePrincipal('events.amazonaws.com'),
          sourceArn: rule.ruleRef.ruleArn,
        });
        return {
          arn: target.functionArn,
          deadLetterConfig: { arn: this.#undelivered.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: maxEventAge.toSeconds(), maximumRetryAttempts: 185 },
        };
      },
    };
  }
}

const machineArn = ({ partition, region, account }: Stack): string =>
  `arn:${partition}:states:${region}:${account}:stateMachine:${ENGINE.stateMachine}`;
