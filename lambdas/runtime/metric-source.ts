import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { XRayClient } from '@aws-sdk/client-xray';
import { metricSourceOf } from '../adapters/metric-source.ts';
import { prometheusClient } from '../adapters/prometheus/amazon.ts';
import { readSecret } from '../adapters/secrets.ts';
import type { MetricSource } from '../core/ports.ts';
import { type Acting, actingClient } from './clients.ts';
import { serviceCredentials } from './service-role.ts';

/** The service's metrics, read with its role. */
export const metricSource = (acting: Acting, actor?: string): MetricSource =>
  metricSourceOf(acting.spec, {
    cloudWatch: () => actingClient(CloudWatchClient, acting, actor),
    xRay: () => actingClient(XRayClient, acting, actor),
    prometheus: (source) =>
      prometheusClient(source, {
        region: acting.target.region,
        credentials: serviceCredentials(acting, actor),
        secret: (name) => readSecret(actingClient(SecretsManagerClient, acting, actor), name),
      }),
  });
