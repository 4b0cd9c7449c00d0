import {
  type AppMeshClient,
  DescribeRouteCommand,
  ListTagsForResourceCommand,
  type RouteData,
  type RouteSpec,
  TagResourceCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-app-mesh';
import { CanaryError, ErrorName } from '../core/errors.ts';
import type { RouteState, TrafficRouter } from '../core/ports.ts';
import type { Weights } from '../core/rollout.ts';
import type { RolloutSpec } from '../core/spec/schema.ts';
import { clientToken, type Nodes, weightsOf, withWeights } from './app-mesh-route.ts';
import { fromAws } from './aws-errors.ts';

/** Says whose route it is: two stacks must not take turns on one route. */
const OWNER_TAG = 'stepcanary:service';
/** One route of an App Mesh virtual router, changed by the App Mesh API (`owner: api`). Only weights change (I4). */
export class AppMeshRouter implements TrafficRouter {
  readonly #client: AppMeshClient;
  readonly #spec: RolloutSpec['router']['appMesh'];
  readonly #nodes: Nodes;
  readonly #writable: AbortSignal | undefined;

  /** @param writable ends writing: after it, an update fails with Canary.Transient and is not sent */
  constructor(spec: RolloutSpec['router']['appMesh'], client: AppMeshClient, writable?: AbortSignal) {
    this.#writable = writable;
    this.#spec = spec;
    this.#client = client;
    this.#nodes = { primary: spec.primary, canary: spec.canary };
  }

  get identity(): TrafficRouter['identity'] {
    return { mesh: this.#spec.mesh, nodes: this.#nodes };
  }

  async read(): Promise<RouteState> {
    return this.#state(await this.#describe());
  }

  async shift(weights: Weights): Promise<RouteState> {
    return this.#write(weights, (route) => this.#state(route).weights);
  }

  /**
   * As `shift`, and takes weight away from targets that are not ours: used when traffic must get to the safe side
   * whatever was done to the route (I1).
   */
  async restore(weights: Weights): Promise<RouteState> {
    return this.#write(weights, (route) => {
      try {
        return this.#state(route).weights;
      } catch (error) {
        if (error instanceof CanaryError && error.name === ErrorName.RouteChanged) return undefined;
        throw error;
      }
    });
  }

  async verify(weights: Weights): Promise<boolean> {
    const { weights: now } = await this.read();
    return now.primary === weights.primary && now.canary === weights.canary;
  }

  async owner(): Promise<string | undefined> {
    const resourceArn = await this.#arn();
    const { tags = [] } = await this.#client
      .send(new ListTagsForResourceCommand({ resourceArn }))
      .catch(fromAws(`read the tags of the route ${this.#spec.route}`));
    return tags.find(({ key }) => key === OWNER_TAG)?.value;
  }

  async own(service: string): Promise<void> {
    const resourceArn = await this.#arn();
    await this.#client
      .send(new TagResourceCommand({ resourceArn, tags: [{ key: OWNER_TAG, value: service }] }))
      .catch(fromAws(`tag the route ${this.#spec.route}`));
  }

  async #arn(): Promise<string> {
    return (await this.#describe()).metadata?.arn ?? '';
  }

  async #write(weights: Weights, present: (route: RouteData) => Weights | undefined): Promise<RouteState> {
    const before = await this.#describe();
    const now = present(before);
    if (now?.primary === weights.primary && now.canary === weights.canary) return this.#state(before);
    const spec = withWeights(this.#specOf(before), this.#nodes, weights);
    // Whatever stands in for a missing target of ours would not carry its traffic: say so before anything is written.
    weightsOf(spec, this.#nodes, this.#spec.route);
    const { route } = await this.#client
      .send(
        new UpdateRouteCommand({
          ...this.#key(before),
          spec,
          clientToken: clientToken(this.#version(before), spec),
        }),
        this.#writable === undefined ? {} : { abortSignal: this.#writable },
      )
      .catch(fromAws(`update the route ${this.#spec.route}`));
    return this.#state(route ?? (await this.#describe()));
  }

  async #describe(): Promise<RouteData> {
    const { route } = await this.#client.send(new DescribeRouteCommand(this.#key())).catch((error: Error) => {
      if (error.name === 'NotFoundException') {
        const { mesh, virtualRouter, route } = this.#spec;
        throw new CanaryError(
          ErrorName.RouteChanged,
          `router.appMesh.route: there is no route ${route} in virtual router ${virtualRouter} of mesh ${mesh}; check the three names`,
          { cause: error },
        );
      }
      return fromAws(`read the route ${this.#spec.route}`)(error);
    });
    if (route === undefined)
      throw new CanaryError(ErrorName.Transient, `App Mesh answered without the route ${this.#spec.route}`);
    return route;
  }

  #key(route?: RouteData) {
    const { mesh, meshOwner, virtualRouter, route: routeName } = this.#spec;
    const owner = meshOwner ?? route?.metadata?.meshOwner;
    return {
      meshName: mesh,
      virtualRouterName: virtualRouter,
      routeName,
      ...(owner !== undefined && { meshOwner: owner }),
    };
  }

  #version(route: RouteData): string {
    return String(route.metadata?.version ?? 0);
  }

  #specOf(route: RouteData): RouteSpec {
    return route.spec ?? {};
  }

  #state(route: RouteData): RouteState {
    const updatedAt = route.metadata?.lastUpdatedAt;
    return {
      weights: weightsOf(this.#specOf(route), this.#nodes, this.#spec.route),
      version: this.#version(route),
      ...(updatedAt !== undefined && { updatedAt: updatedAt.toISOString() }),
    };
  }
}
