import type { AppMeshClient, RouteData } from '@aws-sdk/client-app-mesh';
import { CanaryError, ErrorName } from '../../core/errors.ts';
import type { RouteState, TrafficRouter } from '../../core/ports.ts';
import type { Side, Weights } from '../../core/rollout.ts';
import { allOn } from '../../core/safety/restore.ts';
import type { RolloutSpec } from '../../core/spec/schema.ts';
import { VirtualRouterRoutes } from './routes.ts';
import { type Nodes, weightsOf, withWeights } from './weighted-targets.ts';

/** The weights of a route; undefined where it is not as the spec says. */
const weightsIfOurs = (route: RouteData, nodes: Nodes, name: string): Weights | undefined => {
  try {
    return weightsOf(route.spec ?? {}, nodes, name);
  } catch (error) {
    if (error instanceof CanaryError && error.name === ErrorName.RouteChanged) return undefined;
    throw error;
  }
};

export const isSameSplit = (one: Weights | undefined, other: Weights): boolean =>
  one?.primary === other.primary && one.canary === other.canary;

/** One route of an App Mesh virtual router, changed by the App Mesh API (`owner: api`). Only weights change (I4). */
export class AppMeshRouter implements TrafficRouter {
  readonly #routes: VirtualRouterRoutes;
  readonly #spec: RolloutSpec['router']['appMesh'];
  readonly #nodes: Nodes;

  /** @param writable ends writing: after it, an update fails with Canary.Transient and is not sent */
  constructor(spec: RolloutSpec['router']['appMesh'], client: AppMeshClient, writable?: AbortSignal) {
    this.#routes = new VirtualRouterRoutes(spec, client, writable);
    this.#spec = spec;
    this.#nodes = { primary: spec.primary, canary: spec.canary };
  }

  get identity(): TrafficRouter['identity'] {
    return { mesh: this.#spec.mesh, nodes: this.#nodes };
  }

  async read(): Promise<RouteState> {
    return this.#state(await this.describe());
  }

  async shift(weights: Weights): Promise<RouteState> {
    return this.#write(weights, (route) => this.#state(route).weights);
  }

  async restore(weights: Weights): Promise<RouteState> {
    return this.#write(weights, (route) => weightsIfOurs(route, this.#nodes, this.#spec.route));
  }

  async verify(weights: Weights): Promise<boolean> {
    return isSameSplit((await this.read()).weights, weights);
  }

  async hasAll(side: Side): Promise<boolean> {
    return this.verify(allOn(side));
  }

  async obstacles(): Promise<readonly string[]> {
    return [];
  }

  async owner(): Promise<string | undefined> {
    return this.#routes.owner(await this.describe());
  }

  async own(service: string): Promise<void> {
    await this.#routes.own(await this.describe(), service);
  }

  /** The route as App Mesh describes it. Throws Canary.RouteChanged where it is not there. */
  async describe(): Promise<RouteData> {
    const { mesh, virtualRouter, route } = this.#spec;
    const found = await this.#routes.find(route);
    if (found !== undefined) return found;
    throw new CanaryError(
      ErrorName.RouteChanged,
      `router.appMesh.route: there is no route ${route} in virtual router ${virtualRouter} of mesh ${mesh}; check the three names`,
    );
  }

  async #write(weights: Weights, present: (route: RouteData) => Weights | undefined): Promise<RouteState> {
    const before = await this.describe();
    if (isSameSplit(present(before), weights)) return this.#state(before);
    const spec = withWeights(before.spec ?? {}, this.#nodes, weights);
    // Whatever stands in for a missing target of ours would not carry its traffic: say so before anything is written.
    weightsOf(spec, this.#nodes, this.#spec.route);
    return this.#state(await this.#routes.update(before, spec));
  }

  #state(route: RouteData): RouteState {
    const updatedAt = route.metadata?.lastUpdatedAt;
    return {
      weights: weightsOf(route.spec ?? {}, this.#nodes, this.#spec.route),
      version: String(route.metadata?.version ?? 0),
      ...(updatedAt !== undefined && { updatedAt: updatedAt.toISOString() }),
    };
  }
}
