import type {
  MetricAlarm,
  MetricDataQuery,
  PutMetricAlarmInput,
  StateValue,
} from '@aws-sdk/client-cloudwatch';
import type { MetricStore, Place } from './metric-store.ts';
import { QuerySet } from './query-set.ts';

/** A state and why, as the alarm shows it. */
export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  /** JSON; missing where nothing was looked at. */
  readonly data?: string;
}

/** A period by its start (epoch ms), with its value where there is one. */
interface Point {
  readonly at: number;
  readonly value: number | undefined;
}

const COMPARISONS: Readonly<
  Record<string, { readonly says: string; readonly breaches: (value: number, threshold: number) => boolean }>
> = {
  GreaterThanThreshold: { says: 'greater than', breaches: (value, threshold) => value > threshold },
  GreaterThanOrEqualToThreshold: {
    says: 'greater than or equal to',
    breaches: (value, threshold) => value >= threshold,
  },
  LessThanThreshold: { says: 'less than', breaches: (value, threshold) => value < threshold },
  LessThanOrEqualToThreshold: {
    says: 'less than or equal to',
    breaches: (value, threshold) => value <= threshold,
  },
};

/** Periods before the evaluated ones that are looked at where data is missing: the user guide's examples show 5 for 3. */
const FARTHER_BACK = 2;

/** What an alarm watches. */
type Watched = Pick<
  MetricAlarm,
  'Metrics' | 'Namespace' | 'MetricName' | 'Dimensions' | 'Period' | 'Statistic' | 'ExtendedStatistic'
>;

/** The queries that an alarm stands for; an alarm on one metric has one. */
export const queriesOf = (input: Watched): MetricDataQuery[] =>
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

/** An alarm's period in milliseconds. */
export const alarmPeriod = (input: PutMetricAlarmInput): number => {
  const queries = queriesOf(input);
  const shown = queries.find(({ ReturnData = true }) => ReturnData);
  const periods = [input.Period, shown?.Period, ...queries.map(({ MetricStat }) => MetricStat?.Period)];
  return (periods.find((period) => period !== undefined) ?? 60) * 1_000;
};

/** The finished periods of the evaluation range, oldest first. */
const pointsOf = (store: MetricStore, input: PutMetricAlarmInput, place: Place): readonly Point[] => {
  const queries = queriesOf(input);
  const shown = queries.find(({ ReturnData = true }) => ReturnData)?.Id ?? '';
  const period = alarmPeriod(input);
  const length = (input.EvaluationPeriods ?? 1) + FARTHER_BACK;
  const end = Math.floor(store.now() / period) * period;
  const start = end - length * period;
  const call = { ...place, now: store.now() };
  const set = new QuerySet({ store, queries, start: new Date(start), end: new Date(end), call });
  const values = set.lines(shown)[0]?.points ?? new Map<number, number>();
  return Array.from({ length }, (_, index) => {
    const at = start + index * period;
    return { at, value: values.get(at) };
  });
};

/** What the verdict is where every point that there is breaches, but there are fewer than are needed. */
const allBreach = (points: readonly Point[], { ignores, needed }: { ignores: boolean; needed: number }) => {
  if (ignores) return undefined;
  const oldest = points.findIndex(({ value }) => value !== undefined);
  // No alarm too early: the oldest of them must be as old as the alarm needs points.
  return points.length - oldest >= needed ? 'ALARM' : undefined;
};

/**
 * The state that the points of an evaluation range (oldest first) put an alarm in; undefined leaves it as it is. The most
 * recent real points count first, and only where there are too few of them does TreatMissingData say what the others
 * are (CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data").
 */
export const alarmVerdict = (
  points: readonly Point[],
  input: PutMetricAlarmInput,
): StateValue | undefined => {
  const { EvaluationPeriods: periods = 1, Threshold = 0, TreatMissingData = 'missing' } = input;
  const needed = input.DatapointsToAlarm ?? periods;
  const breaches = COMPARISONS[input.ComparisonOperator ?? '']?.breaches ?? (() => false);
  const known = points.flatMap(({ value }) => (value === undefined ? [] : [breaches(value, Threshold)]));
  const used = known.slice(-periods);
  const breaching = used.filter(Boolean).length;
  const missing = periods - used.length;
  const filled = TreatMissingData === 'breaching' ? missing : 0;
  const decided = breaching + filled >= needed ? 'ALARM' : 'OK';
  if (missing === 0 || TreatMissingData === 'breaching' || TreatMissingData === 'notBreaching')
    return decided;
  const ignores = TreatMissingData === 'ignore';
  if (used.length === 0) return ignores ? undefined : 'INSUFFICIENT_DATA';
  return breaching === used.length ? allBreach(points, { ignores, needed }) : decided;
};

const time = (at: number) => {
  const [date = '', clock = ''] = new Date(at).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${clock.slice(0, 8)}`;
};

/** The words of the console's history: `Threshold Crossed: 1 out of the last 1 datapoints [2.0 (05/01/26 12:00:00)] was …`. */
const reasonFor = (state: StateValue, points: readonly Point[], input: PutMetricAlarmInput): string => {
  const { EvaluationPeriods: periods = 1, Threshold = 0, ComparisonOperator = '' } = input;
  const comparison = COMPARISONS[ComparisonOperator];
  const used = points.filter(({ value }) => value !== undefined).slice(-periods);
  if (used.length === 0) {
    const missing = `no datapoints were received for ${periods} period${periods === 1 ? '' : 's'}`;
    const treated = input.TreatMissingData === 'breaching' ? '[Breaching]' : '[NonBreaching]';
    return state === 'INSUFFICIENT_DATA'
      ? `Insufficient Data: ${missing}.`
      : `Threshold Crossed: ${missing} and ${periods} missing datapoint${periods === 1 ? ' was' : 's were'} treated as ${treated}.`;
  }
  const fitting = used.filter(
    ({ value = 0 }) => comparison?.breaches(value, Threshold) === (state === 'ALARM'),
  );
  const shown = [...fitting].reverse().map(({ at, value }) => `${decimal(value)} (${time(at)})`);
  const was = `${fitting.length === 1 ? 'was' : 'were'}${state === 'ALARM' ? '' : ' not'} ${comparison?.says}`;
  const needed =
    state === 'ALARM'
      ? ` (minimum ${counted(input.DatapointsToAlarm ?? periods)} for OK -> ALARM transition)`
      : '';
  return `Threshold Crossed: ${fitting.length} out of the last ${periods} datapoints [${shown.join(', ')}] ${was} the threshold (${decimal(Threshold)})${needed}.`;
};

const counted = (count: number) => `${count} datapoint${count === 1 ? '' : 's'}`;

const decimal = (value = 0) => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** What the state was decided on, for programs (`StateReasonData`). */
const dataFor = (points: readonly Point[], input: PutMetricAlarmInput, now: number): string => {
  const used = points
    .filter(({ value }) => value !== undefined)
    .slice(-(input.EvaluationPeriods ?? 1))
    .reverse();
  return JSON.stringify({
    version: '1.0',
    queryDate: awsTime(now),
    ...(used[0] === undefined ? {} : { startDate: awsTime(used.at(-1)?.at ?? 0) }),
    ...(input.Statistic === undefined ? {} : { statistic: input.Statistic }),
    period: alarmPeriod(input) / 1_000,
    recentDatapoints: used.map(({ value }) => value),
    threshold: input.Threshold,
  });
};

/** `2026-01-05T12:00:00.000+0000`, as alarms write times. */
export const awsTime = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

/** The state that CloudWatch would put an alarm in now; undefined leaves it as it is. */
export const evaluateAlarm = (
  store: MetricStore,
  input: PutMetricAlarmInput,
  place: Place,
): AlarmState | undefined => {
  const points = pointsOf(store, input, place);
  const value = alarmVerdict(points, input);
  if (value === undefined) return undefined;
  return { value, reason: reasonFor(value, points, input), data: dataFor(points, input, store.now()) };
};
