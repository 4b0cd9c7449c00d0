import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { XRayClient } from '@aws-sdk/client-xray';
import { metricSourceOf } from '../adapters/metric-source.ts';
import type { MetricSource } from '../core/ports.ts';
import { type Acting, actingClient } from './clients.ts';

/** The service's metrics, read with its role. */
export const metricSource = (acting: Acting, actor?: string): MetricSource =>
  metricSourceOf(acting.spec, {
    cloudWatch: () => actingClient(CloudWatchClient, acting, actor),
    xRay: () => actingClient(XRayClient, acting, actor),
  });
