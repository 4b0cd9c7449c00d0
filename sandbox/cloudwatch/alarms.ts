import type {
  DescribeAlarmsInput,
  MetricAlarm,
  PutMetricAlarmInput,
  StateValue,
} from '@aws-sdk/client-cloudwatch';
import { AwsError, type Behaviours, type Call } from '../aws/service.ts';
import { evaluateAlarm } from './evaluate-alarm.ts';
import type { MetricStore } from './metric-store.ts';

interface StoredAlarm {
  readonly input: PutMetricAlarmInput;
  readonly call: Pick<Call, 'account' | 'region'>;
  readonly updatedAt: number;
  /** As set by SetAlarmState: holds until the alarm is put again. */
  forced: { value: StateValue; reason: string; at: number } | undefined;
}

const arnOf = ({ account, region }: Pick<Call, 'account' | 'region'>, name: string) =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

const describe = (store: MetricStore, { input, call, updatedAt, forced }: StoredAlarm): MetricAlarm => {
  const { Tags: _, ...settings } = input;
  const state = forced ?? evaluateAlarm(store, input, call);
  return {
    ActionsEnabled: true,
    ...settings,
    AlarmArn: arnOf(call, input.AlarmName ?? ''),
    AlarmConfigurationUpdatedTimestamp: new Date(updatedAt),
    StateValue: state.value,
    StateReason: state.reason,
    StateUpdatedTimestamp: new Date(forced?.at ?? store.now()),
  };
};

const isWanted = (
  alarm: MetricAlarm,
  { AlarmNames, AlarmNamePrefix, StateValue }: DescribeAlarmsInput,
): boolean =>
  (AlarmNames === undefined || AlarmNames.includes(alarm.AlarmName ?? '')) &&
  (alarm.AlarmName ?? '').startsWith(AlarmNamePrefix ?? '') &&
  (StateValue === undefined || alarm.StateValue === StateValue);

/** PutMetricAlarm, DescribeAlarms, SetAlarmState, DeleteAlarms. States are worked out when somebody asks; nothing is notified. */
export const alarmBehaviours = (store: MetricStore): Behaviours => {
  const alarms = new Map<string, StoredAlarm>();
  return {
    PutMetricAlarm: (input: PutMetricAlarmInput, { account, region, now }) => {
      const call = { account, region };
      alarms.set(arnOf(call, input.AlarmName ?? ''), { input, call, updatedAt: now, forced: undefined });
      return {};
    },
    DescribeAlarms: (input: DescribeAlarmsInput, { account, region }) => {
      const mine = [...alarms.values()].filter(
        ({ call }) => call.account === account && call.region === region,
      );
      const described = mine.map((alarm) => describe(store, alarm)).filter((alarm) => isWanted(alarm, input));
      const offset = Number(input.NextToken ?? 0);
      const next = offset + (input.MaxRecords ?? 50);
      return {
        MetricAlarms: described.slice(offset, next),
        CompositeAlarms: [],
        ...(next < described.length ? { NextToken: String(next) } : {}),
      };
    },
    SetAlarmState: (input: { AlarmName: string; StateValue: StateValue; StateReason: string }, call) => {
      const alarm = alarms.get(arnOf(call, input.AlarmName));
      if (alarm === undefined)
        throw new AwsError('ResourceNotFound', `Alarm ${input.AlarmName} does not exist.`);
      alarm.forced = { value: input.StateValue, reason: input.StateReason, at: call.now };
      return {};
    },
    DeleteAlarms: ({ AlarmNames }: { AlarmNames: string[] }, call) => {
      for (const name of AlarmNames) alarms.delete(arnOf(call, name));
      return {};
    },
  };
};
