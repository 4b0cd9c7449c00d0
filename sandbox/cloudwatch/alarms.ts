import type {
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  MetricAlarm,
  PutMetricAlarmInput,
  StateValue,
} from '@aws-sdk/client-cloudwatch';
import { AwsError, type Behaviours } from '../aws/service.ts';
import type { AlarmChange, AlarmStore } from './alarm-store.ts';

const isWanted = (
  alarm: MetricAlarm,
  { AlarmNames, AlarmNamePrefix, StateValue }: DescribeAlarmsInput,
): boolean =>
  (AlarmNames === undefined || AlarmNames.includes(alarm.AlarmName ?? '')) &&
  (alarm.AlarmName ?? '').startsWith(AlarmNamePrefix ?? '') &&
  (StateValue === undefined || alarm.StateValue === StateValue);

const pageOf = (all: MetricAlarm[], { NextToken, MaxRecords }: DescribeAlarmsInput): DescribeAlarmsOutput => {
  const offset = Number(NextToken ?? 0);
  const next = offset + (MaxRecords ?? 50);
  return {
    MetricAlarms: all.slice(offset, next),
    CompositeAlarms: [],
    ...(next < all.length ? { NextToken: String(next) } : {}),
  };
};

/**
 * PutMetricAlarm, DescribeAlarms, SetAlarmState, DeleteAlarms. Looking at alarms evaluates them first, so that nobody
 * reads a state that is a minute old.
 */
export const alarmBehaviours = (
  alarms: AlarmStore,
  onChange: (change: AlarmChange) => void = () => {},
): Behaviours => ({
  PutMetricAlarm: (input: PutMetricAlarmInput, call) => {
    alarms.put(input, call);
    return {};
  },
  DescribeAlarms: (input: DescribeAlarmsInput, call) => {
    alarms.evaluate().forEach(onChange);
    const wanted = alarms.list(call).filter((alarm) => isWanted(alarm, input));
    return pageOf(wanted, input);
  },
  SetAlarmState: (input: { AlarmName: string; StateValue: StateValue; StateReason: string }, call) => {
    const state = { value: input.StateValue, reason: input.StateReason };
    const changes = alarms.setState(input.AlarmName, state, call);
    if (changes === undefined)
      throw new AwsError('ResourceNotFound', `Alarm ${input.AlarmName} does not exist.`);
    changes.forEach(onChange);
    return {};
  },
  DeleteAlarms: ({ AlarmNames }: { AlarmNames: string[] }, call) => {
    for (const name of AlarmNames) alarms.delete(name, call);
    return {};
  },
});
