import type { Sandbox } from '../../sandbox.ts';
import { reportsOf } from '../../traffic/reports.ts';
import type { LoadedScenario } from '../load-scenario.ts';
import type { SidePeriod, TrafficPeriod } from './data.ts';

type Side = 'primary' | 'canary';

/** A series of the mesh's metrics extension: what one caller saw of one side. */
interface Series {
  readonly side: Side;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

const REQUESTS = 'RequestCountPerTarget';
const TARGET = 'TargetVirtualNode';
const METRICS = [
  { key: 'requests', name: REQUESTS, stat: 'Sum' },
  { key: 'failures', name: 'HTTPCode_Target_5XX_Count', stat: 'Sum' },
  { key: 'p50', name: 'TargetResponseTime', stat: 'p50' },
  { key: 'p99', name: 'TargetResponseTime', stat: 'p99' },
] as const;
type Key = (typeof METRICS)[number]['key'];

/** Queries in one request (CloudWatch quotas, GetMetricData). */
const MOST_QUERIES = 500;

/**
 * The series of both sides, of every caller that reported. CloudWatch lists no series in its first quarter of an hour, so each
 * side has those that the other one has too.
 */
const seriesOf = async (sandbox: Sandbox, { spec, target }: LoadedScenario): Promise<readonly Series[]> => {
  const { namespace } = reportsOf(spec.analysis);
  const query = { Namespace: namespace, MetricName: REQUESTS };
  const listed = await sandbox.call('cloudwatch', 'ListMetrics', query, target);
  const nodes = spec.router.appMesh;
  const of = (dimensions: Series['dimensions'], side: Side): Series => ({
    side,
    dimensions: dimensions.map((one) => (one.Name === TARGET ? { Name: TARGET, Value: nodes[side] } : one)),
  });
  const both = ((listed.Metrics ?? []) as { Dimensions?: Series['dimensions'] }[]).flatMap(
    ({ Dimensions = [] }) => {
      const node = Dimensions.find(({ Name }) => Name === TARGET)?.Value;
      if (node !== nodes.primary && node !== nodes.canary) return [];
      return [of(Dimensions, 'primary'), of(Dimensions, 'canary')];
    },
  );
  return [...new Map(both.map((series) => [JSON.stringify(series.dimensions), series])).values()];
};

/** Sums counts over callers; of percentiles, the highest. */
const merged = (before: number | undefined, value: number, key: Key): number =>
  before === undefined ? value : key === 'p50' || key === 'p99' ? Math.max(before, value) : before + value;

type Counted = { -readonly [key in keyof SidePeriod]?: SidePeriod[key] };

/** Adds values by the start of their period (epoch milliseconds). */
const collect = (
  into: Map<number, Counted>,
  key: Key,
  {
    Timestamps = [],
    Values = [],
  }: { readonly Timestamps?: readonly Date[]; readonly Values?: readonly number[] },
): void => {
  for (const [index, timestamp] of Timestamps.entries()) {
    const at = timestamp.getTime();
    const period = into.get(at) ?? {};
    period[key] = merged(period[key], Values[index] ?? 0, key);
    into.set(at, period);
  }
};

const sideOf = (counted: Counted | undefined): SidePeriod | undefined =>
  counted?.requests === undefined
    ? undefined
    : { ...counted, requests: counted.requests, failures: counted.failures ?? 0 };

/**
 * What CloudWatch has of both sides from 0 s on, a period of the scenario's source each. What was spoilt on purpose is
 * missing here too.
 * @param start 0 s of the scenario, epoch milliseconds
 */
export const trafficPeriods = async (
  sandbox: Sandbox,
  loaded: LoadedScenario,
  start: number,
): Promise<TrafficPeriod[]> => {
  const { period } = loaded.scenario.metrics;
  const { namespace } = reportsOf(loaded.spec.analysis);
  const series = await seriesOf(sandbox, loaded);
  const queries = series
    .flatMap(({ side, dimensions }) => METRICS.map((metric) => ({ side, dimensions, metric })))
    .slice(0, MOST_QUERIES);
  if (queries.length === 0) return [];
  const sides: Record<Side, Map<number, Counted>> = { primary: new Map(), canary: new Map() };
  let NextToken: unknown;
  do {
    const page = await sandbox.call(
      'cloudwatch',
      'GetMetricData',
      {
        StartTime: new Date(start),
        EndTime: new Date(sandbox.clock.now()),
        MetricDataQueries: queries.map(({ dimensions, metric: { name, stat } }, index) => ({
          Id: `q${index}`,
          MetricStat: {
            Metric: { Namespace: namespace, MetricName: name, Dimensions: dimensions },
            Period: period,
            Stat: stat,
          },
        })),
        ...(NextToken !== undefined && { NextToken }),
      },
      loaded.target,
    );
    const results = (page.MetricDataResults ?? []) as {
      Id: string;
      Timestamps?: Date[];
      Values?: number[];
    }[];
    for (const result of results) {
      const query = queries[Number(result.Id.slice(1))];
      if (query !== undefined) collect(sides[query.side], query.metric.key, result);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  const starts = [...new Set([...sides.primary.keys(), ...sides.canary.keys()])].sort((a, b) => a - b);
  return starts.map((at) => {
    const [primary, canary] = [sideOf(sides.primary.get(at)), sideOf(sides.canary.get(at))];
    const from = Math.round((at - start) / 1000);
    return {
      start: from,
      end: from + period,
      ...(primary !== undefined && { primary }),
      ...(canary !== undefined && { canary }),
    };
  });
};
