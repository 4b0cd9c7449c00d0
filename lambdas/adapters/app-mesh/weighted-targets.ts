import { createHash } from 'node:crypto';
import type { RouteSpec, WeightedTarget } from '@aws-sdk/client-app-mesh';
import { CanaryError, ErrorName } from '../../core/errors.ts';
import type { Side, Weights } from '../../core/rollout.ts';

/** The two virtual nodes of a rollout. */
export type Nodes = Readonly<Record<Side, string>>;

const KINDS = ['httpRoute', 'http2Route', 'grpcRoute', 'tcpRoute'] as const;

/** The weighted targets of a route, of whichever of App Mesh's four kinds it is. */
const targetsOf = (spec: RouteSpec): readonly WeightedTarget[] =>
  KINDS.map((kind) => spec[kind]?.action?.weightedTargets).find((targets) => targets !== undefined) ?? [];

const weightOf = (targets: readonly WeightedTarget[], node: string, route: string): number => {
  const target = targets.find(({ virtualNode }) => virtualNode === node);
  if (target === undefined) {
    const there = targets.map(({ virtualNode }) => virtualNode).join(', ') || 'none';
    throw new CanaryError(
      ErrorName.RouteChanged,
      `route ${route}: has no target ${node}, its targets are: ${there}; add ${node} with weight 0`,
    );
  }
  return target.weight ?? 0;
};

/** Reads the split. Throws Canary.RouteChanged where one of our targets is missing or another one has weight (I4). */
export const weightsOf = (spec: RouteSpec, nodes: Nodes, route: string): Weights => {
  const targets = targetsOf(spec);
  const weights = {
    primary: weightOf(targets, nodes.primary, route),
    canary: weightOf(targets, nodes.canary, route),
  };
  const stranger = targets.find(
    ({ virtualNode, weight }) => !Object.values(nodes).includes(virtualNode ?? '') && weight !== 0,
  );
  if (stranger !== undefined) {
    throw new CanaryError(
      ErrorName.RouteChanged,
      `route ${route}: target ${stranger.virtualNode} has weight ${stranger.weight}; only ${nodes.primary} and ${nodes.canary} may have any`,
    );
  }
  return weights;
};

/** The same route with these weights: match, retries, timeouts, priority, ports and everything else as they were. */
export const withWeights = (spec: RouteSpec, nodes: Nodes, weights: Weights): RouteSpec => {
  const reweigh = (target: WeightedTarget): WeightedTarget => {
    const side = (Object.keys(nodes) as Side[]).find((candidate) => nodes[candidate] === target.virtualNode);
    return { ...target, weight: side === undefined ? 0 : weights[side] };
  };
  const copy = structuredClone(spec);
  for (const kind of KINDS) {
    const action = copy[kind]?.action;
    if (action?.weightedTargets !== undefined) action.weightedTargets = action.weightedTargets.map(reweigh);
  }
  return copy;
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};

/**
 * The idempotency token of a write: up to 36 of [A-Za-z0-9_-] (App Mesh API). It contains the version that was read and
 * all that is written: App Mesh refuses a token that comes again with another specification.
 */
export const clientToken = (version: string, spec: RouteSpec): string =>
  createHash('sha256')
    .update(`${version} ${JSON.stringify(sorted(spec))}`)
    .digest('hex')
    .slice(0, 36);
