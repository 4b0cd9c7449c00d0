import type { DescribeAlarmsOutput, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { AlarmStore } from '../../../sandbox/cloudwatch/alarm-store.ts';
import { cloudWatch, HOME, MINUTE, START } from './fixture.ts';

const series = { namespace: 'Mesh', name: 'Requests', dimensions: { Node: 'canary' } };

/** Minutes that counted 1, 2, 3 …, each sent at its end. */
const published = (world: ReturnType<typeof cloudWatch>, minutes: number) => {
  for (let minute = 0; minute < minutes; minute++) {
    world.clock.moveTo(START + (minute + 1) * MINUTE);
    world.store.record({ ...series, at: START + minute * MINUTE, value: minute + 1 });
  }
};

describe('alarms', () => {
  const alarm = {
    AlarmName: 'restore failed',
    Namespace: 'Mesh',
    MetricName: 'Requests',
    Dimensions: [{ Name: 'Node', Value: 'canary' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Threshold: 2,
    ComparisonOperator: 'GreaterThanThreshold',
  } satisfies PutMetricAlarmInput;

  const stateAfter = (minutes: number, overrides: object = {}) => {
    const world = cloudWatch();
    world.call('PutMetricAlarm', { ...alarm, ...overrides });
    published(world, 3);
    world.clock.moveTo(START + minutes * MINUTE);
    return world.call<DescribeAlarmsOutput>('DescribeAlarms', { AlarmNames: [alarm.AlarmName] })
      .MetricAlarms?.[0]?.StateValue;
  };

  it('need their number of breaching periods', () => {
    expect(stateAfter(3)).toBe('OK');
    expect(stateAfter(3, { Threshold: 1 })).toBe('ALARM');
    expect(stateAfter(3, { DatapointsToAlarm: 1 })).toBe('ALARM');
  });

  it('take metric math', () => {
    const world = cloudWatch();
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
    const input = {
      AlarmName,
      ComparisonOperator,
      Threshold: 2,
      EvaluationPeriods: 1,
      Metrics: [
        query('ended', 'Requests'),
        query('outside', 'NeverSeen'),
        { Id: 'sum', Expression: 'FILL(ended, 0) + FILL(outside, 0)' },
      ],
    };
    const state = () => world.call<DescribeAlarmsOutput>('DescribeAlarms', {}).MetricAlarms?.[0]?.StateValue;
    world.call('PutMetricAlarm', input);
    expect(state()).toBe('OK');
    published(world, 3);
    expect(state()).toBe('ALARM');
    world.call('DeleteAlarms', { AlarmNames: [AlarmName] });
    expect(state()).toBeUndefined();
  });

  it('treat missing data as they say', () => {
    expect(stateAfter(10)).toBe('INSUFFICIENT_DATA');
    expect(stateAfter(10, { TreatMissingData: 'breaching' })).toBe('ALARM');
    expect(stateAfter(10, { TreatMissingData: 'notBreaching' })).toBe('OK');
  });

  it('tell of each change once, with the actions of the new state', () => {
    const { clock, store } = cloudWatch();
    const alarms = new AlarmStore(store);
    const topics = { AlarmActions: ['arn:alarm'], OKActions: ['arn:ok'] };
    alarms.put(
      { ...alarm, ...topics, EvaluationPeriods: 1, DatapointsToAlarm: 1, TreatMissingData: 'notBreaching' },
      HOME,
    );
    const heard = (minute: number) => {
      clock.moveTo(START + minute * MINUTE);
      return alarms
        .evaluate()
        .map(({ from, alarm: { StateValue }, actions }) => [from, StateValue, ...actions]);
    };
    expect(heard(1)).toEqual([['INSUFFICIENT_DATA', 'OK', 'arn:ok']]);
    store.record({ ...series, at: START + MINUTE, value: 3 });
    expect(heard(2)).toEqual([['OK', 'ALARM', 'arn:alarm']]);
    expect(heard(2)).toEqual([]);
    expect(heard(3)).toEqual([['ALARM', 'OK', 'arn:ok']]);
    const [change] = alarms.setState(alarm.AlarmName, { value: 'ALARM', reason: 'a drill' }, HOME) ?? [];
    expect(JSON.parse(change?.message ?? '')).toMatchObject({
      AlarmName: alarm.AlarmName,
      OldStateValue: 'OK',
      NewStateValue: 'ALARM',
      NewStateReason: 'a drill',
    });
    expect(heard(4)).toEqual([['ALARM', 'OK', 'arn:ok']]);
  });
});
