import { AwsError } from '../../service.ts';
import type { Place } from '../place.ts';
import { KINDS, type Kind } from './kinds.ts';
import { type MeshStore, type Resource, type RouteSpec, targetsOf } from './store.ts';

const bad = (message: string) => new AwsError('BadRequestException', message);

const TYPES = ['httpRoute', 'http2Route', 'tcpRoute', 'grpcRoute'] as const;

/** "The total weight for all targets combined must be less than or equal to 100" (API_WeightedTarget). */
const MOST_WEIGHT = 100;

/** What the API refuses in a route's spec beyond its schema and constraints. */
function checkRoute(spec: RouteSpec): void {
  const given = TYPES.filter((type) => spec[type] !== undefined);
  if (given.length !== 1)
    throw bad(`spec: exactly one of ${TYPES.join(', ')} must be set, got ${given.length}`);
  const targets = targetsOf(spec);
  const fraction = targets.find(({ weight }) => !Number.isInteger(weight));
  if (fraction !== undefined)
    throw bad(`spec: the weight of ${fraction.virtualNode} must be an integer, got ${fraction.weight}`);
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  if (total > MOST_WEIGHT)
    throw bad(`spec: the total weight of all targets must be at most ${MOST_WEIGHT}, got ${total}`);
}

/** Refuses what App Mesh refuses in a spec. @throws AwsError BadRequestException */
export function checkSpec(kind: Kind, spec: unknown): void {
  if (kind === KINDS.route) checkRoute(spec as RouteSpec);
}

/** What keeps a resource from being deleted: resources below it, routes and services that send to it. */
export function userOf(store: MeshStore, place: Place, { kind, path }: Resource): Resource | undefined {
  const [mesh = '', name = ''] = path;
  const all = (child: Kind, parent: readonly string[]) => store.list(place, child, parent);
  if (kind === KINDS.mesh) {
    const below = [KINDS.virtualRouter, KINDS.virtualNode, KINDS.virtualService];
    return below.flatMap((child) => all(child, path))[0];
  }
  const services = all(KINDS.virtualService, [mesh]);
  const providedBy = (member: string, nameMember: string) =>
    services.find(({ spec }) => {
      const provider = spec.provider as Record<string, Record<string, string> | undefined> | undefined;
      return provider?.[member]?.[nameMember] === name;
    });
  if (kind === KINDS.virtualRouter)
    return all(KINDS.route, path)[0] ?? providedBy('virtualRouter', 'virtualRouterName');
  if (kind !== KINDS.virtualNode) return undefined;
  const sending = all(KINDS.route, [mesh]).find(({ spec }) =>
    targetsOf(spec).some(({ virtualNode }) => virtualNode === name),
  );
  return sending ?? providedBy('virtualNode', 'virtualNodeName');
}
