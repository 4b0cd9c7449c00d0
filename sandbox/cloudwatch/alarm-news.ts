import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { AlarmChange, TimedState } from './alarm-store.ts';
import { dimensionsOf } from './dimensions.ts';
import { awsTime, queriesOf } from './evaluate-alarm.ts';

/** Names of regions as alarms write them to people (AWS regional services list); others appear by their code. */
const REGIONS: Readonly<Record<string, string>> = {
  'eu-central-1': 'EU (Frankfurt)',
  'eu-west-1': 'EU (Ireland)',
  'us-east-1': 'US East (N. Virginia)',
  'us-west-2': 'US West (Oregon)',
};

/** The metric of an alarm on one metric, or its queries; the rule that it breached. */
const triggerOf = ({ alarm }: AlarmChange) => ({
  ...(alarm.Metrics === undefined
    ? {
        MetricName: alarm.MetricName,
        Namespace: alarm.Namespace,
        StatisticType: alarm.ExtendedStatistic === undefined ? 'Statistic' : 'ExtendedStatistic',
        Statistic: (alarm.Statistic ?? alarm.ExtendedStatistic)?.toUpperCase(),
        Unit: alarm.Unit ?? null,
        Dimensions: (alarm.Dimensions ?? []).map(({ Name, Value }) => ({ name: Name, value: Value })),
      }
    : { Metrics: alarm.Metrics }),
  Period: alarm.Period,
  EvaluationPeriods: alarm.EvaluationPeriods,
  ...(alarm.DatapointsToAlarm === undefined ? {} : { DatapointsToAlarm: alarm.DatapointsToAlarm }),
  ComparisonOperator: alarm.ComparisonOperator,
  Threshold: alarm.Threshold,
  TreatMissingData: alarm.TreatMissingData ?? 'missing',
  EvaluateLowSampleCountPercentile: alarm.EvaluateLowSampleCountPercentile ?? '',
});

/** What an alarm publishes to a topic: subject and message as CloudWatch writes them. */
export const alarmMessage = (change: AlarmChange): { readonly subject: string; readonly message: string } => {
  const { alarm, account, region, arn, from, to } = change;
  const place = REGIONS[region] ?? region;
  const message = {
    AlarmName: alarm.AlarmName,
    AlarmDescription: alarm.AlarmDescription ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: awsTime(Number(alarm.AlarmConfigurationUpdatedTimestamp)),
    NewStateValue: to.value,
    NewStateReason: to.reason,
    StateChangeTime: awsTime(to.at),
    Region: place,
    AlarmArn: arn,
    OldStateValue: from.value,
    OKActions: alarm.OKActions,
    AlarmActions: alarm.AlarmActions,
    InsufficientDataActions: alarm.InsufficientDataActions,
    Trigger: triggerOf(change),
  };
  // SNS takes subjects of at most 100 characters.
  const subject = `${to.value}: "${alarm.AlarmName}" in ${place}`.slice(0, 100);
  return { subject, message: JSON.stringify(message) };
};

const stateInEvent = ({ value, reason, data, at }: TimedState) => ({
  value,
  reason,
  ...(data === undefined ? {} : { reasonData: data }),
  timestamp: awsTime(at),
});

const queryInEvent = ({ Id, MetricStat, Expression, Label, ReturnData = true, Period }: MetricDataQuery) => ({
  id: Id,
  ...(MetricStat === undefined
    ? { expression: Expression, ...(Period === undefined ? {} : { period: Period }) }
    : {
        metricStat: {
          metric: {
            namespace: MetricStat.Metric?.Namespace,
            name: MetricStat.Metric?.MetricName,
            dimensions: dimensionsOf(MetricStat.Metric?.Dimensions),
          },
          period: MetricStat.Period,
          stat: MetricStat.Stat,
        },
      }),
  ...(Label === undefined ? {} : { label: Label }),
  returnData: ReturnData,
});

/** The event that a change puts on the bus (CloudWatch user guide, "Alarm events and EventBridge"). */
export const alarmEvent = (change: AlarmChange) => {
  const { alarm, arn, from, to } = change;
  return {
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [arn],
    detail: {
      alarmName: alarm.AlarmName,
      state: stateInEvent(to),
      previousState: stateInEvent(from),
      configuration: {
        ...(alarm.AlarmDescription === undefined ? {} : { description: alarm.AlarmDescription }),
        metrics: queriesOf(alarm).map(queryInEvent),
      },
    },
  };
};
