import type {
  Datapoint,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  StandardUnit,
} from '@aws-sdk/client-cloudwatch';
import { AwsError, type Call } from '../aws/service.ts';
import { dimensionsOf } from './dimensions.ts';
import type { MetricStore } from './metric-store.ts';
import { periodOf, statisticNamed, windowOf } from './window.ts';

/** Source: GetMetricStatistics in the CloudWatch API reference. */
const MOST_DATAPOINTS = 1_440;

const checkStatistics = ({ Statistics = [], ExtendedStatistics = [] }: GetMetricStatisticsInput): void => {
  if (Statistics.length + ExtendedStatistics.length === 0)
    throw new AwsError(
      'MissingRequiredParameterException',
      'Statistics or ExtendedStatistics must be given.',
    );
  if (Statistics.length > 0 && ExtendedStatistics.length > 0)
    throw new AwsError(
      'InvalidParameterCombinationException',
      'Statistics and ExtendedStatistics must not both be given.',
    );
};

/** GetMetricStatistics: one series, its datapoints in no promised order (here: rising). */
export const getMetricStatistics =
  (store: MetricStore) =>
  (input: GetMetricStatisticsInput, call: Call): GetMetricStatisticsOutput => {
    checkStatistics(input);
    const { StartTime = new Date(0), EndTime = new Date(call.now) } = input;
    const period = periodOf(input.Period, 'Period');
    if ((EndTime.getTime() - StartTime.getTime()) / period > MOST_DATAPOINTS)
      throw new AwsError(
        'InvalidParameterCombinationException',
        `You have requested more than ${MOST_DATAPOINTS} datapoints: use a longer Period or a shorter range.`,
      );
    const window = windowOf(StartTime, EndTime, period, call.now);
    const series = {
      namespace: input.Namespace ?? '',
      name: input.MetricName ?? '',
      dimensions: dimensionsOf(input.Dimensions),
    };
    const read = window ? store.read(series, { ...window, unit: input.Unit }, call) : new Map();
    const datapoints = [...read].map(([start, distribution]): Datapoint => {
      const extended = (input.ExtendedStatistics ?? []).flatMap((name) => {
        const value = statisticNamed(name, 'ExtendedStatistics')(distribution);
        return value === undefined ? [] : [[name, value]];
      });
      return {
        Timestamp: new Date(start),
        Unit: (input.Unit ?? store.unitOf(series, call)) as StandardUnit,
        ...Object.fromEntries(
          (input.Statistics ?? []).map((name) => [name, statisticNamed(name, 'Statistics')(distribution)]),
        ),
        ...(extended.length > 0 && { ExtendedStatistics: Object.fromEntries(extended) }),
      };
    });
    return { Label: series.name, Datapoints: datapoints };
  };
