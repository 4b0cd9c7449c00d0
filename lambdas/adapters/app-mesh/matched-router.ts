import type { AppMeshClient, RouteData } from '@aws-sdk/client-app-mesh';
import { CanaryError, ErrorName } from '../../core/errors.ts';
import type { RouteState, TrafficRouter } from '../../core/ports.ts';
import type { Side, Weights } from '../../core/rollout.ts';
import { allOn } from '../../core/safety/restore.ts';
import { type HeaderMatches, matchedRouteName, matchOf } from '../../core/spec/match.ts';
import type { RolloutSpec } from '../../core/spec/schema.ts';
import { matchedObstacles, matchedSpec } from './matched-spec.ts';
import { AppMeshRouter, isSameSplit } from './router.ts';
import { VirtualRouterRoutes } from './routes.ts';
import { type Nodes, weightsOf, withWeights } from './weighted-targets.ts';

const PRIMARY = allOn('primary');

/**
 * A/B on App Mesh: certain requests get a route of their own, `ROUTE-ab`, which is tried before the one that the spec
 * names. Its weights are those of `read` and `shift`; while it is not there, these requests go by the other one. That one
 * keeps all on the primary, but where everybody is to get the canary (`restore`).
 */
export class AppMeshMatchedRouter implements TrafficRouter {
  readonly #main: AppMeshRouter;
  readonly #routes: VirtualRouterRoutes;
  readonly #nodes: Nodes;
  readonly #name: string;
  readonly #route: string;
  readonly #match: HeaderMatches;
  readonly #service: string;

  /** @param writable ends writing: after it, a write fails with Canary.Transient and is not sent */
  constructor(
    spec: Pick<RolloutSpec, 'service' | 'target' | 'router' | 'strategy'>,
    client: AppMeshClient,
    writable?: AbortSignal,
  ) {
    const { appMesh } = spec.router;
    this.#main = new AppMeshRouter(appMesh, client, writable);
    this.#routes = new VirtualRouterRoutes(appMesh, client, writable);
    this.#nodes = this.#main.identity.nodes;
    this.#route = appMesh.route;
    this.#name = matchedRouteName(appMesh.route);
    this.#match = matchOf(spec);
    this.#service = `${spec.service}@${spec.target}`;
  }

  get identity(): TrafficRouter['identity'] {
    return this.#main.identity;
  }

  async read(): Promise<RouteState> {
    const main = await this.#main.read();
    return this.#state(main, await this.#ours());
  }

  async shift(weights: Weights): Promise<RouteState> {
    const before = await this.#main.describe();
    const found = await this.#ours();
    const main = await this.#main.shift(PRIMARY);
    if (weights.canary === 0) return this.#state(await this.#without(main, found), undefined);
    const wanted = (spec = before.spec) => withWeights(spec ?? {}, this.#nodes, weights);
    if (found === undefined) {
      const spec = matchedSpec(wanted(), this.#match);
      return this.#state(main, await this.#routes.create(this.#name, spec, this.#service, before));
    }
    if (isSameSplit(this.#weightsOf(found), weights)) return this.#state(main, found);
    return this.#state(main, await this.#routes.update(found, wanted(found.spec)));
  }

  /**
   * All traffic to one side: the route of everybody first, then the matched one is emptied and taken away. Towards the
   * primary that is done even where the other route takes no write: it gets what it has already.
   */
  async restore(weights: Weights): Promise<RouteState> {
    const main = await this.#main.restore(weights).catch((error: unknown) => error as Error);
    if (main instanceof Error && weights.canary > 0) throw main;
    const found = await this.#found();
    if (found !== undefined && (await this.#isOurs(found))) await this.#remove(found, weights);
    if (main instanceof Error) throw main;
    return main;
  }

  async verify(weights: Weights): Promise<boolean> {
    const { weights: now, rest } = await this.read();
    return isSameSplit(now, weights) && (rest === undefined || isSameSplit(rest, PRIMARY));
  }

  async hasAll(side: Side): Promise<boolean> {
    if (!(await this.#main.hasAll(side))) return false;
    const found = await this.#found();
    return found === undefined || !(await this.#isOurs(found));
  }

  async obstacles(): Promise<readonly string[]> {
    const main = await this.#main.describe();
    const others = await this.#routes.others(this.#route);
    const rest = others.filter(({ routeName }) => routeName !== this.#name);
    return matchedObstacles(main, this.#match, rest);
  }

  async owner(): Promise<string | undefined> {
    return this.#main.owner();
  }

  async own(service: string): Promise<void> {
    await this.#main.own(service);
  }

  async #found(): Promise<RouteData | undefined> {
    return this.#routes.find(this.#name);
  }

  async #isOurs(route: RouteData): Promise<boolean> {
    return (await this.#routes.owner(route)) === this.#service;
  }

  /** The matched route, if it is there. Throws Canary.RouteChanged for one that somebody else has made: it is left alone (I4). */
  async #ours(): Promise<RouteData | undefined> {
    const found = await this.#found();
    if (found === undefined || (await this.#isOurs(found))) return found;
    throw new CanaryError(
      ErrorName.RouteChanged,
      `router.appMesh.route: the route ${this.#name}, which A/B makes and takes away, is there, and no rollout of ` +
        `${this.#service} has made it (no tag stepcanary:service of that name); give it another name, or delete it`,
    );
  }

  /** Weights in place reach proxies sooner than a deletion (aws/aws-app-mesh-roadmap#218), so it is emptied first. */
  async #remove(route: RouteData, weights: Weights): Promise<RouteData> {
    const spec = withWeights(route.spec ?? {}, this.#nodes, weights);
    const emptied = isSameSplit(this.#weightsIfAny(route), weights)
      ? route
      : await this.#routes.update(route, spec);
    await this.#routes.remove(emptied);
    return emptied;
  }

  /** The other route's state once the matched one is gone; its requests are back since that was emptied. */
  async #without(main: RouteState, found: RouteData | undefined): Promise<RouteState> {
    if (found === undefined) return main;
    const updatedAt = (await this.#remove(found, PRIMARY)).metadata?.lastUpdatedAt;
    return updatedAt === undefined ? main : { ...main, updatedAt: updatedAt.toISOString() };
  }

  #weightsOf(route: RouteData): Weights {
    return weightsOf(route.spec ?? {}, this.#nodes, this.#name);
  }

  #weightsIfAny(route: RouteData): Weights | undefined {
    try {
      return this.#weightsOf(route);
    } catch {
      return undefined;
    }
  }

  #state(main: RouteState, matched: RouteData | undefined): RouteState {
    if (matched === undefined) return main;
    const updatedAt = matched.metadata?.lastUpdatedAt;
    return {
      weights: this.#weightsOf(matched),
      rest: main.weights,
      version: `${main.version}+${matched.metadata?.version ?? 0}`,
      ...(updatedAt !== undefined && { updatedAt: updatedAt.toISOString() }),
    };
  }
}
