import { expect, test } from 'vitest';
import { checkAlarm } from '../../../sandbox/cloudwatch/alarm-limits.ts';

const alarm = {
  AlarmName: 'errors',
  Namespace: 'Shop',
  MetricName: 'Errors',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanThreshold',
} as const;

test.each([
  [{ Period: 45 }, 'Period must be 10, 20, 30 or a multiple of 60, got 45'],
  [{ Period: 300, EvaluationPeriods: 289 }, 'must be 86400 seconds or less, got 86700'],
  [{ Period: 3600, EvaluationPeriods: 169 }, 'must be 604800 seconds or less, got 608400'],
  [{ DatapointsToAlarm: 4 }, 'DatapointsToAlarm must be EvaluationPeriods (3) or less, got 4'],
  [{ ExtendedStatistic: 'p99' }, 'must not both be given'],
  [{ Statistic: undefined, ExtendedStatistic: 'p101' }, 'ExtendedStatistic must be a statistic'],
])('an alarm with %j is refused', (wrong, message) => {
  const { Statistic, ...rest } = { ...alarm, ...wrong };
  const input = Statistic === undefined ? rest : { ...rest, Statistic };
  expect(() => checkAlarm(input)).toThrow(message);
});

test.each([
  {},
  { Period: 10 },
  { Period: 300, EvaluationPeriods: 288 },
  { Period: 3600, EvaluationPeriods: 168 },
])('an alarm with %j is taken', (right) => {
  expect(() => checkAlarm({ ...alarm, ...right })).not.toThrow();
});
