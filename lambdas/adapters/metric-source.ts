import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { XRayClient } from '@aws-sdk/client-xray';
import type { MetricSource } from '../core/ports.ts';
import { perMetric } from '../core/sources.ts';
import type { RolloutSpec } from '../core/spec/schema.ts';
import type { SourceSpec } from '../core/spec/source.ts';
import { CloudWatchSource, virtualServicesOf } from './cloudwatch/cloudwatch.ts';
import { XRayMetrics } from './xray/metrics.ts';

/** How to reach what a spec may name as a source; only what it names is made. */
export interface SourceClients {
  readonly cloudWatch: () => CloudWatchClient;
  readonly xRay: () => XRayClient;
}

/** The adapter of each kind of source. */
const adapterFor = (spec: RolloutSpec, { cloudWatch, xRay }: SourceSpec, clients: SourceClients) => {
  if (xRay !== undefined) return new XRayMetrics(clients.xRay(), xRay);
  if (cloudWatch === undefined) throw new TypeError('a parsed spec has a source');
  const virtualServices = virtualServicesOf(spec);
  return new CloudWatchSource(clients.cloudWatch(), { ...cloudWatch, virtualServices });
};

/** A spec's metrics, from wherever it says that they are. */
export const metricSourceOf = (spec: RolloutSpec, clients: SourceClients): MetricSource =>
  perMetric(spec.analysis, (source) => adapterFor(spec, source, clients));
