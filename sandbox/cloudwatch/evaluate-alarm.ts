import type { MetricDataQuery, PutMetricAlarmInput, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Call } from '../aws/service.ts';
import type { MetricStore } from './metric-store.ts';
import { QuerySet } from './query-set.ts';

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const queriesOf = (input: PutMetricAlarmInput): MetricDataQuery[] =>
  input.Metrics ?? [
    {
      Id: 'metric',
      MetricStat: {
        Metric: {
          Namespace: input.Namespace ?? '',
          MetricName: input.MetricName ?? '',
          Dimensions: input.Dimensions ?? [],
        },
        Period: input.Period ?? 60,
        Stat: input.Statistic ?? input.ExtendedStatistic ?? 'Average',
      },
    },
  ];

/** Breaching, not breaching, or (where the alarm says so) nothing to go by. */
const judged = (value: number | undefined, input: PutMetricAlarmInput): boolean | undefined => {
  if (value !== undefined)
    return (COMPARISONS[input.ComparisonOperator ?? ''] ?? (() => false))(value, input.Threshold ?? 0);
  if (input.TreatMissingData === 'breaching') return true;
  return input.TreatMissingData === 'notBreaching' ? false : undefined;
};

/**
 * The state that CloudWatch would put an alarm in: M of the last N finished periods breach. Periods without data count as
 * TreatMissingData says (`missing` and `ignore`: not at all; all of them so is INSUFFICIENT_DATA).
 */
export const evaluateAlarm = (
  store: MetricStore,
  input: PutMetricAlarmInput,
  place: Pick<Call, 'account' | 'region'>,
): { value: StateValue; reason: string } => {
  const queries = queriesOf(input);
  const shown = queries.find(({ ReturnData = true }) => ReturnData);
  const period = (input.Period ?? shown?.Period ?? shown?.MetricStat?.Period ?? 60) * 1_000;
  const periods = input.EvaluationPeriods ?? 1;
  const end = Math.floor(store.now() / period) * period;
  const start = end - periods * period;
  const call = { ...place, now: store.now() };
  const set = new QuerySet({ store, queries, start: new Date(start), end: new Date(end), call });
  const points = set.lines(shown?.Id ?? '')[0]?.points ?? new Map<number, number>();
  const verdicts = Array.from({ length: periods }, (_, index) =>
    judged(points.get(start + index * period), input),
  );
  const known = verdicts.filter((verdict) => verdict !== undefined);
  if (known.length === 0)
    return { value: 'INSUFFICIENT_DATA', reason: `No datapoints were received for ${periods} periods.` };
  const breaching = known.filter(Boolean).length;
  const needed = input.DatapointsToAlarm ?? periods;
  const reason = `Threshold crossed: ${breaching} of the last ${periods} datapoints were ${input.ComparisonOperator} ${input.Threshold} (${needed} needed).`;
  return { value: breaching >= Math.min(needed, known.length) && breaching > 0 ? 'ALARM' : 'OK', reason };
};
