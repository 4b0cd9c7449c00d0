import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../aws/service.ts';
import { alarmPeriod } from './evaluate-alarm.ts';
import { parseStatistic } from './statistic.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;

const wrongPeriod = (period: number): boolean => ![10, 20, 30].includes(period) && period % 60 !== 0;

/** Every reason why an alarm can't be as it is asked for. */
const problemsOf = (input: PutMetricAlarmInput): readonly string[] => {
  const { EvaluationPeriods: periods = 1, DatapointsToAlarm = periods, Statistic, ExtendedStatistic } = input;
  const period = alarmPeriod(input) / 1_000;
  const longest = period < HOUR ? DAY : 7 * DAY;
  return [
    ...(wrongPeriod(period) ? [`Period must be 10, 20, 30 or a multiple of 60, got ${period}`] : []),
    ...(period * periods > longest
      ? [`Period times EvaluationPeriods must be ${longest} seconds or less, got ${period * periods}`]
      : []),
    ...(DatapointsToAlarm > periods
      ? [`DatapointsToAlarm must be EvaluationPeriods (${periods}) or less, got ${DatapointsToAlarm}`]
      : []),
    ...(Statistic !== undefined && ExtendedStatistic !== undefined
      ? ['Statistic and ExtendedStatistic must not both be given']
      : []),
    ...(ExtendedStatistic !== undefined && parseStatistic(ExtendedStatistic) === undefined
      ? [`ExtendedStatistic must be a statistic such as p99 or TM(10%:90%), got ${ExtendedStatistic}`]
      : []),
  ];
};

/**
 * What PutMetricAlarm refuses beside the schema (CloudWatch API reference, PutMetricAlarm: a day for periods under an hour,
 * seven days for the others).
 * @throws AwsError ValidationError, with all problems
 */
export const checkAlarm = (input: PutMetricAlarmInput): void => {
  const problems = problemsOf(input);
  if (problems.length > 0) throw new AwsError('ValidationError', `${problems.join('; ')}.`, 400);
};
