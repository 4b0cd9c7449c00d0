import type { Side } from '../../core/rollout.ts';
import type { SourceSpec } from '../../core/spec/source.ts';
import { filled, type Names } from '../query-names.ts';
import type { Series } from './client.ts';

type PrometheusSpec = NonNullable<SourceSpec['prometheus']>;

/** Queries of one side that give cumulative counters; durations are a histogram's buckets. */
export interface Queries {
  readonly requests: string;
  readonly failures: string;
  readonly durations?: string;
  /** Milliseconds in a unit of the buckets' edges. */
  readonly msPerUnit: number;
}

/** A label's value within quotes of a matcher. */
const quoted = (text: string): string => JSON.stringify(text);

/**
 * The outbound metrics of App Mesh's metrics extension as Envoy writes them for Prometheus (user guide, "metrics"): one
 * series per caller and target, durations in milliseconds.
 */
const ofExtension = (side: Side, { mesh, nodes }: Names): Queries => {
  const matchers = `{Mesh=${quoted(mesh)},TargetVirtualNode=${quoted(nodes[side])}}`;
  return {
    requests: `envoy_appmesh_RequestCountPerTarget${matchers}`,
    failures: `envoy_appmesh_HTTPCode_Target_5XX_Count${matchers}`,
    durations: `envoy_appmesh_TargetResponseTime_bucket${matchers}`,
    msPerUnit: 1,
  };
};

const MS_PER_UNIT = { ms: 1, s: 1000 } as const;

/** A side's queries: the spec's own, or those of App Mesh's metrics extension. */
export const queriesOf = ({ queries }: PrometheusSpec, side: Side, names: Names): Queries => {
  if (queries === undefined) return ofExtension(side, names);
  const { requests, failures, durations, unit } = queries;
  return {
    requests: filled(requests, side, names),
    failures: filled(failures, side, names),
    ...(durations !== undefined && { durations: filled(durations, side, names) }),
    msPerUnit: MS_PER_UNIT[unit],
  };
};

/** Who calls, by the labels of the metrics extension. */
export const callerOf = ({ labels }: Series): string | undefined =>
  labels.VirtualNode ?? labels.VirtualGateway;
