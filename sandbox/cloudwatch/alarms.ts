import type {
  AlarmHistoryItem,
  DescribeAlarmHistoryInput,
  DescribeAlarmsInput,
  MetricAlarm,
  PutMetricAlarmInput,
  StateValue,
} from '@aws-sdk/client-cloudwatch';
import { AwsError, type Behaviours } from '../aws/service.ts';
import { pageOf } from '../aws/services/paging.ts';
import { checkAlarm } from './alarm-limits.ts';
import type { AlarmChange, AlarmStore } from './alarm-store.ts';

const isWanted = (
  alarm: MetricAlarm,
  { AlarmNames, AlarmNamePrefix, StateValue, ActionPrefix, AlarmTypes }: DescribeAlarmsInput,
): boolean =>
  (AlarmNames === undefined || AlarmNames.includes(alarm.AlarmName ?? '')) &&
  (alarm.AlarmName ?? '').startsWith(AlarmNamePrefix ?? '') &&
  (StateValue === undefined || alarm.StateValue === StateValue) &&
  (ActionPrefix === undefined || actionsOf(alarm).some((action) => action.startsWith(ActionPrefix))) &&
  (AlarmTypes === undefined || AlarmTypes.includes('MetricAlarm'));

const actionsOf = ({ AlarmActions = [], OKActions = [], InsufficientDataActions = [] }: MetricAlarm) => [
  ...AlarmActions,
  ...OKActions,
  ...InsufficientDataActions,
];

const isRemembered = (
  { HistoryItemType, Timestamp = new Date(0) }: AlarmHistoryItem,
  { HistoryItemType: type, StartDate, EndDate }: DescribeAlarmHistoryInput,
): boolean =>
  (type === undefined || HistoryItemType === type) &&
  (StartDate === undefined || Timestamp >= StartDate) &&
  (EndDate === undefined || Timestamp <= EndDate);

interface Paging {
  readonly NextToken?: string | undefined;
  readonly MaxRecords?: number | undefined;
}

const paged = <T>(all: readonly T[], { NextToken, MaxRecords = 50 }: Paging) => {
  const { items, next } = pageOf(all, { size: MaxRecords, token: NextToken, invalid: 'InvalidNextToken' });
  return { items, rest: next === undefined ? {} : { NextToken: next } };
};

interface NewState {
  readonly AlarmName: string;
  readonly StateValue: StateValue;
  readonly StateReason: string;
  readonly StateReasonData?: string;
}

/** The operations on metric alarms. */
export const alarmBehaviours = (
  alarms: AlarmStore,
  { onChange = () => {}, onPut = () => {} }: AlarmListeners = {},
): Behaviours => ({
  PutMetricAlarm: (input: PutMetricAlarmInput, call) => {
    checkAlarm(input);
    alarms.put(input, call);
    onPut();
    return {};
  },
  DescribeAlarms: (input: DescribeAlarmsInput, call) => {
    const wanted = alarms.list(call).filter((alarm) => isWanted(alarm, input));
    const { items, rest } = paged(wanted, input);
    return { MetricAlarms: items, CompositeAlarms: [], ...rest };
  },
  DescribeAlarmHistory: (input: DescribeAlarmHistoryInput, call) => {
    const oldestFirst = alarms.history(call, input.AlarmName).filter((item) => isRemembered(item, input));
    const all = input.ScanBy === 'TimestampAscending' ? oldestFirst : [...oldestFirst].reverse();
    const { items, rest } = paged(all, input);
    return { AlarmHistoryItems: items, ...rest };
  },
  SetAlarmState: ({ AlarmName, StateValue: value, StateReason, StateReasonData }: NewState, call) => {
    const state = { value, reason: StateReason, ...(StateReasonData && { data: StateReasonData }) };
    const changes = alarms.setState(AlarmName, state, call);
    if (changes === undefined) throw new AwsError('ResourceNotFound', `Alarm ${AlarmName} does not exist.`);
    changes.forEach(onChange);
    return {};
  },
  EnableAlarmActions: ({ AlarmNames }: { AlarmNames: string[] }, call) => {
    for (const name of AlarmNames) alarms.enableActions(name, true, call);
    return {};
  },
  DisableAlarmActions: ({ AlarmNames }: { AlarmNames: string[] }, call) => {
    for (const name of AlarmNames) alarms.enableActions(name, false, call);
    return {};
  },
  DeleteAlarms: ({ AlarmNames }: { AlarmNames: string[] }, call) => {
    for (const name of AlarmNames) alarms.delete(name, call);
    return {};
  },
});

/** Who hears of alarms. */
export interface AlarmListeners {
  /** A call has changed a state. */
  readonly onChange?: (change: AlarmChange) => void;
  /** An alarm has come to be, or is another one now. */
  readonly onPut?: () => void;
}
