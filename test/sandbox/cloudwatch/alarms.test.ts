import type {
  DescribeAlarmHistoryOutput,
  DescribeAlarmsOutput,
  PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { AlarmStore } from '../../../sandbox/cloudwatch/alarm-store.ts';
import { AlarmWatch } from '../../../sandbox/cloudwatch/alarm-watch.ts';
import { alarmVerdict } from '../../../sandbox/cloudwatch/evaluate-alarm.ts';
import { cloudWatch, HOME, MINUTE, START } from './fixture.ts';

const series = { namespace: 'Mesh', name: 'Requests', dimensions: { Node: 'canary' } };

const alarm = {
  AlarmName: 'restore failed',
  Namespace: 'Mesh',
  MetricName: 'Requests',
  Dimensions: [{ Name: 'Node', Value: 'canary' }],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 2,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
} satisfies PutMetricAlarmInput;

/** Alarms that are looked at each minute, and what was heard of them. */
const watched = (input: Partial<PutMetricAlarmInput> = {}) => {
  const world = cloudWatch();
  const alarms = new AlarmStore(world.store);
  const heard: (string | undefined)[][] = [];
  const watch = new AlarmWatch(world.clock, alarms, ({ from, to, actions }) =>
    heard.push([from.value, to.value, ...actions]),
  );
  alarms.put({ ...alarm, ...input }, HOME);
  watch.begin();
  return { ...world, alarms, heard, watch, until: (ms: number) => world.clock.run(START + ms) };
};

describe('an alarm’s state', () => {
  // CloudWatch user guide, "How alarm state is evaluated when data is missing": the two tables, oldest point first.
  // X breaches, 0 does not, - is missing; the columns are missing, ignore, breaching, notBreaching.
  it.each([
    [3, '0-X-X', 'OK', 'OK', 'OK', 'OK'],
    [3, '----0', 'OK', 'OK', 'OK', 'OK'],
    [3, '-----', 'INSUFFICIENT_DATA', undefined, 'ALARM', 'OK'],
    [3, '0XX-X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    [3, '--X--', 'ALARM', undefined, 'ALARM', 'OK'],
    [2, '0-X-X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    [2, '00X0X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    [2, '----0', 'OK', 'OK', 'ALARM', 'OK'],
    [2, '---X-', 'ALARM', undefined, 'ALARM', 'OK'],
  ])('needing %i of 3, with %s, is as documented', (DatapointsToAlarm, points, ...states) => {
    const range = [...points].map((letter, index) => ({
      at: START + index * MINUTE,
      value: letter === '-' ? undefined : Number(letter === 'X') * 3,
    }));
    const stateWith = (TreatMissingData: string) =>
      alarmVerdict(range, { ...alarm, EvaluationPeriods: 3, DatapointsToAlarm, TreatMissingData });
    expect(['missing', 'ignore', 'breaching', 'notBreaching'].map(stateWith)).toEqual(states);
  });

  it('takes metric math', async () => {
    const query = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: {
        Metric: { Namespace: 'Mesh', MetricName, Dimensions: alarm.Dimensions },
        Period: 60,
        Stat: 'Sum',
      },
    });
    const { AlarmName, ComparisonOperator } = alarm;
    const world = cloudWatch();
    const alarms = new AlarmStore(world.store);
    const Metrics = [
      query('ended', 'Requests'),
      query('outside', 'NeverSeen'),
      { Id: 'sum', Expression: 'FILL(ended, 0) + FILL(outside, 0)' },
    ];
    alarms.put({ AlarmName, ComparisonOperator, Threshold: 2, EvaluationPeriods: 1, Metrics }, HOME);
    const states = () => alarms.evaluate().map(({ to }) => to.value);
    expect(states()).toEqual(['OK']);
    world.store.record({ ...series, at: START, value: 3 });
    world.clock.moveTo(START + MINUTE);
    expect(states()).toEqual(['ALARM']);
  });
});

describe('alarms', () => {
  it('are evaluated as time goes on, and tell of each change once, with the actions of the new state', async () => {
    const { store, heard, until } = watched({ AlarmActions: ['arn:alarm'], OKActions: ['arn:ok'] });
    await until(1.5 * MINUTE);
    expect(heard).toEqual([['INSUFFICIENT_DATA', 'OK', 'arn:ok']]);
    store.record({ ...series, at: START + 1.5 * MINUTE, value: 3 });
    await until(1.9 * MINUTE);
    expect(heard).toHaveLength(1);
    await until(2 * MINUTE);
    expect(heard.slice(1)).toEqual([['OK', 'ALARM', 'arn:alarm']]);
    await until(10 * MINUTE);
    expect(heard.slice(2)).toEqual([['ALARM', 'OK', 'arn:ok']]);
  });

  it('with a period of 10 s are evaluated each 10 s', async () => {
    const { store, heard, until } = watched({ Period: 10 });
    store.record({ ...series, at: START + 3_000, value: 3, resolution: 1 });
    await until(9_999);
    expect(heard).toEqual([]);
    await until(10_000);
    expect(heard).toEqual([['INSUFFICIENT_DATA', 'ALARM']]);
  });

  it('do nothing but change while their actions are disabled', async () => {
    const { heard, until, alarms } = watched({ OKActions: ['arn:ok'] });
    alarms.enableActions(alarm.AlarmName, false, HOME);
    await until(MINUTE);
    expect(heard).toEqual([['INSUFFICIENT_DATA', 'OK']]);
  });

  it('that are deleted, or whose watch is closed, are looked at no more', async () => {
    const { heard, until, alarms, clock, watch } = watched();
    alarms.delete(alarm.AlarmName, HOME);
    await until(2 * MINUTE);
    expect(heard).toEqual([]);
    expect(clock.next()).toBeUndefined();
    alarms.put(alarm, HOME);
    watch.begin();
    watch.close();
    expect(clock.next()).toBeUndefined();
  });
});

describe('the API of alarms', () => {
  it('keeps a state that was set by hand, and says in the history who went where', () => {
    const { call } = cloudWatch();
    call('PutMetricAlarm', alarm);
    call('PutMetricAlarm', { ...alarm, AlarmName: 'another' });
    const drill = { AlarmName: alarm.AlarmName, StateValue: 'ALARM', StateReason: 'a drill' };
    call('SetAlarmState', drill);
    const names = (input: object) =>
      call<DescribeAlarmsOutput>('DescribeAlarms', input).MetricAlarms?.map(({ AlarmName }) => AlarmName);
    expect(names({ StateValue: 'ALARM' })).toEqual([alarm.AlarmName]);
    expect(names({ AlarmNamePrefix: 'an' })).toEqual(['another']);
    const history = call<DescribeAlarmHistoryOutput>('DescribeAlarmHistory', {
      AlarmName: alarm.AlarmName,
    }).AlarmHistoryItems;
    expect(history?.map(({ HistoryItemType, HistorySummary }) => [HistoryItemType, HistorySummary])).toEqual([
      ['StateUpdate', 'Alarm updated from INSUFFICIENT_DATA to ALARM'],
      ['ConfigurationUpdate', 'Alarm "restore failed" created'],
    ]);
    expect(JSON.parse(history?.[0]?.HistoryData ?? '')).toMatchObject({
      newState: { stateValue: 'ALARM', stateReason: 'a drill' },
    });
    expect(() => call('SetAlarmState', { ...drill, AlarmName: 'nobody' })).toThrow('does not exist');
  });
});
