import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { XRayClient } from '@aws-sdk/client-xray';
import type { MetricSource } from '../core/ports.ts';
import { perMetric, withOwn } from '../core/sources.ts';
import { numbersOf } from '../core/spec/metrics.ts';
import type { RolloutSpec } from '../core/spec/schema.ts';
import {
  type OwnSourceSpec,
  type PrometheusServer,
  type SourceSpec,
  sourceTiming,
  successSource,
} from '../core/spec/source.ts';
import { CloudWatchSource, virtualServicesOf } from './cloudwatch/cloudwatch.ts';
import { CloudWatchReader } from './own-metrics/cloudwatch-reader.ts';
import { OwnMetricsOf } from './own-metrics/own-metrics.ts';
import { PrometheusReader } from './own-metrics/prometheus-reader.ts';
import type { OwnReader } from './own-metrics/reader.ts';
import type { PrometheusClient } from './prometheus/client.ts';
import { PrometheusSource } from './prometheus/prometheus.ts';
import { namesOf } from './query-names.ts';
import { XRayMetrics } from './xray/metrics.ts';

/** How to reach what a spec may name as a source; only what it names is made. */
export interface SourceClients {
  readonly cloudWatch: () => CloudWatchClient;
  readonly xRay: () => XRayClient;
  readonly prometheus: (server: Omit<PrometheusServer, 'delay'>) => PrometheusClient;
}

/** The adapter of each kind of source. */
const adapterFor = (
  spec: RolloutSpec,
  { cloudWatch, xRay, prometheus }: SourceSpec,
  clients: SourceClients,
) => {
  if (prometheus !== undefined)
    return new PrometheusSource(clients.prometheus(prometheus), prometheus, namesOf(spec));
  if (xRay !== undefined) return new XRayMetrics(clients.xRay(), xRay);
  if (cloudWatch === undefined) throw new TypeError('a parsed spec has a source');
  const virtualServices = virtualServicesOf(spec);
  return new CloudWatchSource(clients.cloudWatch(), { ...cloudWatch, virtualServices });
};

/** Whoever answers a query that goes to a source. */
const readerFor = (
  spec: RolloutSpec,
  { prometheus }: SourceSpec | OwnSourceSpec,
  clients: SourceClients,
): OwnReader =>
  prometheus === undefined
    ? new CloudWatchReader(clients.cloudWatch(), namesOf(spec))
    : new PrometheusReader(clients.prometheus(prometheus), namesOf(spec));

const ownMetricsOf = (spec: RolloutSpec, clients: SourceClients): OwnMetricsOf => {
  const { analysis } = spec;
  const general = successSource(analysis);
  const answered = <Metric extends { readonly source?: OwnSourceSpec | undefined }>(metric: Metric) => ({
    metric,
    reader: readerFor(spec, metric.source ?? general, clients),
  });
  const { period } = sourceTiming(analysis);
  return new OwnMetricsOf(
    (analysis.custom ?? []).map(answered),
    numbersOf(analysis).map((metric) => answered(metric)),
    period,
  );
};

/** A spec's metrics, from wherever it says that they are. */
export const metricSourceOf = (spec: RolloutSpec, clients: SourceClients): MetricSource => {
  const { analysis } = spec;
  const counted = perMetric(analysis, (source) => adapterFor(spec, source, clients));
  const none = numbersOf(analysis).length === 0 && (analysis.custom ?? []).length === 0;
  return none ? counted : withOwn(counted, ownMetricsOf(spec, clients));
};
