import type { Side } from '../core/rollout.ts';
import { fill } from '../core/spec/placeholders.ts';
import type { RolloutSpec } from '../core/spec/schema.ts';
import { sourceTiming } from '../core/spec/source.ts';

/** What may stand in queries. */
export interface Names {
  readonly service: string;
  readonly mesh: string;
  readonly namespace: string;
  readonly nodes: Readonly<Record<Side, string>>;
  readonly deployments: Readonly<Record<Side, string>>;
  /** Seconds of a period. */
  readonly period: number;
}

/** The names of a spec. */
export const namesOf = ({ service, router: { appMesh }, workload, analysis }: RolloutSpec): Names => ({
  service,
  mesh: appMesh.mesh,
  namespace: workload.namespace,
  nodes: { primary: appMesh.primary, canary: appMesh.canary },
  deployments: { primary: workload.primary, canary: workload.canary },
  period: sourceTiming(analysis).period,
});

/** A query with the names of a side. */
export const filled = (query: string, side: Side, names: Names): string =>
  fill(query, {
    target: names.nodes[side],
    deployment: names.deployments[side],
    primary: names.deployments.primary,
    canary: names.deployments.canary,
    namespace: names.namespace,
    mesh: names.mesh,
    service: names.service,
    period: `${names.period}s`,
  });
