import type { AppMeshClient } from '@aws-sdk/client-app-mesh';
import type { TrafficRouter } from '../core/ports.ts';
import type { RolloutSpec } from '../core/spec/schema.ts';
import { abOf } from '../core/spec/strategy.ts';
import { AppMeshMatchedRouter } from './app-mesh/matched-router.ts';
import { AppMeshRouter } from './app-mesh/router.ts';

/**
 * What splits a service's traffic by its spec's strategy.
 * @param writable ends writing: after it, a write fails with Canary.Transient and is not sent
 */
export const trafficRouterOf = (
  spec: RolloutSpec,
  client: AppMeshClient,
  writable?: AbortSignal,
): TrafficRouter =>
  abOf(spec) === undefined
    ? new AppMeshRouter(spec.router.appMesh, client, writable)
    : new AppMeshMatchedRouter(spec, client, writable);
