import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { XRayClient } from '@aws-sdk/client-xray';
import type { MetricSource } from '../core/ports.ts';
import { perMetric } from '../core/sources.ts';
import type { RolloutSpec } from '../core/spec/schema.ts';
import type { SourceSpec } from '../core/spec/source.ts';
import { CloudWatchSource, virtualServicesOf } from './cloudwatch/cloudwatch.ts';
import type { PrometheusClient } from './prometheus/client.ts';
import { PrometheusSource } from './prometheus/prometheus.ts';
import type { Names } from './prometheus/queries.ts';
import { XRayMetrics } from './xray/metrics.ts';

/** How to reach what a spec may name as a source; only what it names is made. */
export interface SourceClients {
  readonly cloudWatch: () => CloudWatchClient;
  readonly xRay: () => XRayClient;
  readonly prometheus: (source: NonNullable<SourceSpec['prometheus']>) => PrometheusClient;
}

/** What may stand in queries. */
const namesOf = ({ router: { appMesh }, workload }: RolloutSpec): Names => ({
  mesh: appMesh.mesh,
  namespace: workload.namespace,
  nodes: { primary: appMesh.primary, canary: appMesh.canary },
  deployments: { primary: workload.primary, canary: workload.canary },
});

/** The adapter of each kind of source. */
const adapterFor = (
  spec: RolloutSpec,
  { cloudWatch, xRay, prometheus }: SourceSpec,
  clients: SourceClients,
) => {
  if (prometheus !== undefined)
    return new PrometheusSource(
      clients.prometheus(prometheus),
      prometheus,
      namesOf(spec),
      spec.analysis.custom,
    );
  if (xRay !== undefined) return new XRayMetrics(clients.xRay(), xRay);
  if (cloudWatch === undefined) throw new TypeError('a parsed spec has a source');
  const virtualServices = virtualServicesOf(spec);
  return new CloudWatchSource(clients.cloudWatch(), { ...cloudWatch, virtualServices });
};

/** A spec's metrics, from wherever it says that they are. */
export const metricSourceOf = (spec: RolloutSpec, clients: SourceClients): MetricSource =>
  perMetric(spec.analysis, (source) => adapterFor(spec, source, clients));
