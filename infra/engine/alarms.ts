import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ErrorName } from '../../lambdas/core/errors.ts';
import { ENGINE, pascalCase } from '../names.ts';

/** What the alarms watch. */
export interface AlarmsProps {
  readonly stateMachine: StateMachine;
  /** The machine's log, with level ALL. */
  readonly machineLog: ILogGroup;
  readonly undelivered: IQueue;
  /** The functions whose errors nobody else handles, by verb. */
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly topic: ITopic;
  /** Where the runbook is read, without the heading. */
  readonly runbook: string;
}

interface Watched {
  /** The runbook's heading, as in its URL. */
  readonly heading: string;
  readonly metric: IMetric;
  readonly says: string;
  /** Minutes in a row before it pages. @default 1 */
  readonly minutes?: number;
}

const PERIOD = Duration.minutes(1);

/** Alarms that page: not for a plain rollback, which is news, but where a person must act. */
export class Alarms extends Construct {
  readonly #topic: ITopic;
  readonly #runbook: string;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#topic = props.topic;
    this.#runbook = props.runbook;
    const { stateMachine, machineLog } = props;
    this.#watch('RestoreFailed', {
      heading: 'restore-failed',
      metric: this.#failures(machineLog, 'RestoreFailed', ErrorName.RestoreFailed),
      says: 'Traffic could not be put on the safe side. The service stays locked, and rescue goes on trying.',
    });
    this.#watch('PromotionFailed', {
      heading: 'promotion-failed',
      metric: this.#failures(machineLog, 'PromotionFailed', ErrorName.PromotionFailed),
      says: 'The primary could not be changed. The canary, which was proven, serves all traffic.',
    });
    const sum = { statistic: Stats.SUM, period: PERIOD };
    this.#watch('ExecutionsAborted', {
      heading: 'execution-aborted',
      metric: stateMachine.metricAborted(sum),
      says: 'Somebody stopped an execution. Rescue puts traffic on the safe side.',
    });
    this.#watch('ExecutionsTimedOut', {
      heading: 'execution-timed-out',
      metric: stateMachine.metricTimedOut(sum),
      says: 'An execution ran longer than it may. Rescue puts traffic on the safe side.',
    });
    this.#watch('WatchFailed', {
      heading: 'watch-failed',
      metric: ownMetric('WatchFailed'),
      // A throttle passes by the next look.
      minutes: 3,
      says: 'The watchdog could not look after a service, three minutes in a row.',
    });
    this.#watch('UndeliveredEvents', {
      heading: 'undelivered-events',
      metric: props.undelivered.metricApproximateNumberOfMessagesVisible({
        statistic: Stats.MAXIMUM,
        period: PERIOD,
      }),
      says: 'Events could not be handled after all retries: pushes that started nothing, or rescues not done.',
    });
    for (const [name, watched] of Object.entries(props.functions)) {
      this.#watch(`${pascalCase(name)}Errors`, {
        heading: `${name}-errors`,
        metric: watched.metricErrors(sum),
        says: `The function ${name} failed. Nobody catches its errors: the state machine does not call it.`,
      });
    }
  }

  /**
   * Counts executions that ended in Fail with this error, from the machine's own log, so that no function has to be alive
   * for it, and what rescue and watchdog found outside any execution, which they count themselves.
   */
  #failures(logGroup: ILogGroup, name: string, error: string): MathExpression {
    const ended = new MetricFilter(this, `${name}Executions`, {
      logGroup,
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.type', '=', 'ExecutionFailed'),
        FilterPattern.stringValue('$.details.error', '=', error),
      ),
      metricNamespace: ENGINE.metrics,
      metricName: `Executions${name}`,
      metricValue: '1',
    });
    return new MathExpression({
      expression: 'FILL(ended, 0) + FILL(outside, 0)',
      usingMetrics: {
        ended: ended.metric({ statistic: Stats.SUM, period: PERIOD }),
        outside: ownMetric(name),
      },
      period: PERIOD,
      label: name,
    });
  }

  #watch(id: string, { heading, metric, says, minutes = 1 }: Watched): void {
    new Alarm(this, id, {
      alarmName: `stepcanary ${heading}`,
      alarmDescription: `${says} What to do: ${this.#runbook}#${heading}`,
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(this.#topic));
  }
}

/** A metric of the functions outside the machine (Powertools, dimension `service`). */
const ownMetric = (metricName: string): Metric =>
  new Metric({
    namespace: ENGINE.metrics,
    metricName,
    dimensionsMap: { service: ENGINE.metrics },
    statistic: Stats.SUM,
    period: PERIOD,
  });
