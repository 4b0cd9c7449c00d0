import {
  type CloudWatchClient,
  type ListMetricsCommandInput,
  type Metric,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch';
import { CanaryError, ErrorName } from '../../core/errors.ts';
import type { Dimensions, MetricIdentity } from '../../core/evidence.ts';
import type { TrafficRouter } from '../../core/ports.ts';
import type { Side } from '../../core/rollout.ts';
import { fromAws } from '../aws-errors.ts';
import { DIMENSION, METRIC, PREFIXES } from './metric-names.ts';

type Series = MetricIdentity['series'][number];
type RouterIdentity = TrafficRouter['identity'];

/** Where the metrics are, and whose count. */
export interface Source {
  readonly namespace: string;
  readonly callers: readonly string[];
  /** Names that the virtual service may have, for callers that ListMetrics does not show yet. */
  readonly virtualServices?: readonly string[];
}

const dimensionsOf = ({ Dimensions = [] }: Metric): Dimensions =>
  Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));

const list = async (client: CloudWatchClient, input: ListMetricsCommandInput): Promise<Dimensions[]> => {
  const found: Dimensions[] = [];
  try {
    for await (const page of paginateListMetrics({ client }, input))
      found.push(...(page.Metrics ?? []).map(dimensionsOf));
  } catch (error) {
    fromAws(`list the metrics of ${input.Namespace}`)(error);
  }
  return found;
};

const callerDimension = (dimensions: Dimensions): string | undefined =>
  DIMENSION.callers.find((name) => dimensions[name] !== undefined);

const namesOf = (dimensions: Dimensions): string => Object.keys(dimensions).sort().join(', ');

/**
 * An agent may publish one metric under several sets of dimensions. Only the finest is taken: summing its series counts
 * each request once.
 */
const finest = (found: readonly Dimensions[]): readonly Dimensions[] => {
  const most = Math.max(0, ...found.map((dimensions) => Object.keys(dimensions).length));
  const first = found.find((dimensions) => Object.keys(dimensions).length === most);
  return first === undefined ? [] : found.filter((dimensions) => namesOf(dimensions) === namesOf(first));
};

const withTarget = (dimensions: Dimensions, target: string): Dimensions => ({
  ...dimensions,
  [DIMENSION.target]: target,
});

/** Series of a caller towards either version, once each, as dimensions towards the primary. */
const ofCaller = (found: readonly Dimensions[], caller: string, primary: string): readonly Dimensions[] => {
  const mine = finest(found.filter((dimensions) => dimensions[callerDimension(dimensions) ?? ''] === caller));
  const unique = new Map(
    mine.map((dimensions) => withTarget(dimensions, primary)).map((d) => [JSON.stringify(d), d]),
  );
  return [...unique.values()];
};

/**
 * What a caller's series will most likely be: another caller's with its name, or the extension's own dimensions with each
 * name that the virtual service may have; a series that does not exist adds nothing. ListMetrics shows a new series
 * after up to 15 minutes, GetMetricData reads it at once.
 */
const assumed = (
  known: readonly Dimensions[],
  caller: string,
  { mesh, nodes }: RouterIdentity,
  virtualServices: readonly string[] = [],
): readonly Dimensions[] => {
  const like = finest(known)[0];
  if (like !== undefined)
    return [{ ...withTarget(like, nodes.primary), [callerDimension(like) ?? DIMENSION.callers[0]]: caller }];
  const least = withTarget({ [DIMENSION.mesh]: mesh, [DIMENSION.callers[0]]: caller }, nodes.primary);
  if (virtualServices.length === 0) return [least];
  return virtualServices.map((service) => ({ ...least, [DIMENSION.service]: service }));
};

const declaration = JSON.stringify({
  source_labels: ['container_name'],
  label_matcher: '^envoy$',
  dimensions: [['Mesh', 'VirtualNode', 'TargetVirtualService', 'TargetVirtualNode']],
  metric_selectors: ['^envoy_appmesh_.+$'],
});

const refuse = (namespace: string, found: readonly Dimensions[]): never => {
  const sets = [...new Set(found.map(namesOf))].map((names) => `[${names}]`);
  throw new CanaryError(
    ErrorName.Refused,
    `analysis.source.cloudWatch.namespace: ${METRIC.requests} in ${namespace} does not tell the versions apart: ` +
      `it must have the dimensions VirtualNode and TargetVirtualNode, got ${sets.slice(0, 5).join(', ')}; add to the ` +
      `CloudWatch agent's emf_processor: "metric_declaration": [${declaration}]`,
  );
};

/** The series towards our two nodes, and under which prefix; nothing where nothing is reported yet. */
const reported = async (
  client: CloudWatchClient,
  { namespace }: Source,
  { mesh, nodes }: RouterIdentity,
): Promise<{ prefix: string; found: readonly Dimensions[] }> => {
  for (const prefix of PREFIXES) {
    const all = await list(client, { Namespace: namespace, MetricName: prefix + METRIC.requests });
    if (all.length === 0) continue;
    const telling = all.filter((d) => d[DIMENSION.target] !== undefined && callerDimension(d) !== undefined);
    if (telling.length === 0) refuse(namespace, all);
    const ours = telling.filter((d) => {
      const target = d[DIMENSION.target];
      const inMesh = d[DIMENSION.mesh] === undefined || d[DIMENSION.mesh] === mesh;
      return inMesh && (target === nodes.primary || target === nodes.canary);
    });
    return { prefix, found: ours };
  }
  return { prefix: '', found: [] };
};

/**
 * Finds the series of both versions: per listed caller the ones it has towards either node, and for the other node the
 * same with the target replaced (a canary has none before its first request). Callers without any are `unseen`.
 */
export const identify = async (
  client: CloudWatchClient,
  source: Source,
  router: RouterIdentity,
): Promise<MetricIdentity> => {
  const { mesh, nodes } = router;
  const { prefix, found } = await reported(client, source, router);
  const unseen: string[] = [];
  const series: Series[] = [];
  for (const caller of source.callers) {
    const known = ofCaller(found, caller, nodes.primary);
    if (known.length === 0) unseen.push(caller);
    const toPrimary = known.length > 0 ? known : assumed(found, caller, router, source.virtualServices);
    for (const side of ['primary', 'canary'] satisfies Side[])
      series.push(
        ...toPrimary.map((dimensions) => ({ caller, side, dimensions: withTarget(dimensions, nodes[side]) })),
      );
  }
  return {
    series,
    xRay: { primary: `${mesh}/${nodes.primary}`, canary: `${mesh}/${nodes.canary}` },
    ...(prefix !== '' && { prefix }),
    ...(unseen.length > 0 && { unseen }),
  };
};
