import type { MetricDatum, PutMetricDataInput } from '@aws-sdk/client-cloudwatch';
import { AwsError, type Call } from '../aws/service.ts';
import { dimensionsOf } from './dimensions.ts';
import type { MetricPoint, MetricStore } from './metric-store.ts';

/** Limits of one request. Source: PutMetricData in the CloudWatch API reference. */
const MOST_DATA = 1_000;
const MOST_VALUES = 150;
const MOST_DIMENSIONS = 30;
const LARGEST = 2 ** 360;
/** Points may be two weeks old and two hours ahead at most. */
const OLDEST = 14 * 24 * 3_600_000;
const AHEAD = 2 * 3_600_000;

const refuse = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

const requireNumber = (value: number, path: string): void => {
  if (!Number.isFinite(value) || Math.abs(value) > LARGEST)
    throw refuse(
      `The value ${value} for parameter ${path} is invalid: it must be a number from -2^360 to 2^360.`,
    );
};

const measurement = (datum: MetricDatum, path: string): Partial<MetricPoint> => {
  const { Value, Values, Counts, StatisticValues } = datum;
  const given = [Value, Values, StatisticValues].filter((member) => member !== undefined);
  if (given.length === 0)
    throw new AwsError(
      'MissingRequiredParameterException',
      `At least one of the parameters ${path}.Value, ${path}.Values or ${path}.StatisticValues must be specified.`,
    );
  if (given.length > 1)
    throw new AwsError(
      'InvalidParameterCombinationException',
      `The parameters ${path}.Value, ${path}.Values and ${path}.StatisticValues are mutually exclusive.`,
    );
  if (Value !== undefined) {
    requireNumber(Value, `${path}.Value`);
    return { value: Value };
  }
  if (Values !== undefined) return { values: valuesOf(Values, Counts, path), counts: Counts };
  const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = StatisticValues ?? {};
  return { statistics: { sampleCount: SampleCount, sum: Sum, minimum: Minimum, maximum: Maximum } };
};

const valuesOf = (values: number[], counts: number[] | undefined, path: string): number[] => {
  if (values.length > MOST_VALUES)
    throw refuse(`The collection ${path}.Values must not have a size greater than ${MOST_VALUES}.`);
  if (counts !== undefined && counts.length !== values.length)
    throw refuse(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`);
  values.forEach((value, index) => {
    requireNumber(value, `${path}.Values.member.${index + 1}`);
  });
  return values;
};

const timeOf = ({ Timestamp }: MetricDatum, now: number, path: string): number => {
  const at = Timestamp?.getTime() ?? now;
  if (at < now - OLDEST || at > now + AHEAD)
    throw refuse(
      `The parameter ${path}.Timestamp must be within two weeks before and two hours after now, got ${new Date(at).toISOString()}.`,
    );
  return at;
};

const pointOf = (namespace: string, datum: MetricDatum, index: number, call: Call): MetricPoint => {
  const path = `MetricData.member.${index + 1}`;
  if ((datum.Dimensions?.length ?? 0) > MOST_DIMENSIONS)
    throw refuse(`The collection ${path}.Dimensions must not have a size greater than ${MOST_DIMENSIONS}.`);
  return {
    account: call.account,
    region: call.region,
    namespace,
    name: datum.MetricName ?? '',
    dimensions: dimensionsOf(datum.Dimensions),
    unit: datum.Unit,
    at: timeOf(datum, call.now, path),
    resolution: datum.StorageResolution,
    ...measurement(datum, path),
  };
};

/** PutMetricData: everything or nothing of a request is taken. */
export const putMetricData =
  (store: MetricStore) =>
  (input: PutMetricDataInput, call: Call): void => {
    const data = [
      ...(input.MetricData ?? []),
      ...(input.EntityMetricData ?? []).flatMap(({ MetricData }) => MetricData ?? []),
    ];
    if (data.length === 0)
      throw new AwsError('MissingRequiredParameterException', 'The parameter MetricData is required.');
    if (data.length > MOST_DATA)
      throw refuse(`The collection MetricData must not have a size greater than ${MOST_DATA}.`);
    const points = data.map((datum, index) => pointOf(input.Namespace ?? '', datum, index, call));
    for (const point of points) store.record(point);
  };
