import {
  type AppMeshClient,
  CreateRouteCommand,
  DeleteRouteCommand,
  DescribeRouteCommand,
  ListTagsForResourceCommand,
  paginateListRoutes,
  type RouteData,
  type RouteSpec,
  TagResourceCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-app-mesh';
import { CanaryError, ErrorName } from '../../core/errors.ts';
import type { RolloutSpec } from '../../core/spec/schema.ts';
import { fromAws } from '../aws-errors.ts';
import { clientToken } from './weighted-targets.ts';

/** Says whose route it is: two stacks must not take turns on one route. */
const OWNER_TAG = 'stepcanary:service';

const named = (error: unknown, name: string): boolean => (error as Partial<Error>).name === name;

/**
 * The routes of one virtual router, by the App Mesh API. Errors: Canary.AccessDenied, Canary.Transient; others go on
 * unchanged.
 */
export class VirtualRouterRoutes {
  readonly #client: AppMeshClient;
  readonly #spec: RolloutSpec['router']['appMesh'];
  readonly #writable: AbortSignal | undefined;

  /** @param writable ends writing: after it, a write fails with Canary.Transient and is not sent */
  constructor(spec: RolloutSpec['router']['appMesh'], client: AppMeshClient, writable?: AbortSignal) {
    this.#spec = spec;
    this.#client = client;
    this.#writable = writable;
  }

  /** The route of that name; undefined where there is none. */
  async find(name: string): Promise<RouteData | undefined> {
    try {
      const { route } = await this.#client.send(new DescribeRouteCommand(this.#key(name)));
      if (route !== undefined) return route;
    } catch (error) {
      if (named(error, 'NotFoundException')) return undefined;
      return fromAws(`read the route ${name}`)(error);
    }
    throw new CanaryError(ErrorName.Transient, `App Mesh answered without the route ${name}`);
  }

  /** Every route but that one, with its specification. */
  async others(name: string): Promise<readonly RouteData[]> {
    const { routeName: _, ...router } = this.#key('');
    const names: string[] = [];
    try {
      for await (const page of paginateListRoutes({ client: this.#client }, router))
        names.push(...(page.routes ?? []).flatMap(({ routeName }) => routeName ?? []));
    } catch (error) {
      fromAws(`list the routes of ${this.#spec.virtualRouter}`)(error);
    }
    const found: RouteData[] = [];
    for (const other of names.filter((each) => each !== name)) {
      const route = await this.find(other);
      if (route !== undefined) found.push(route);
    }
    return found;
  }

  /** Puts a specification in the place of the one that was read. Returns the route afterwards. */
  async update(before: RouteData, spec: RouteSpec): Promise<RouteData> {
    const name = before.routeName ?? '';
    const token = clientToken(String(before.metadata?.version ?? 0), spec);
    const { route } = await this.#client
      .send(new UpdateRouteCommand({ ...this.#key(name, before), spec, clientToken: token }), this.#sending())
      .catch(fromAws(`update the route ${name}`));
    return route ?? (await this.find(name)) ?? before;
  }

  /**
   * Makes a route that is tagged as a service's. There is no version to put into a token of ours: one that comes again after
   * the route was deleted would be answered as before, and make none. The name makes it once.
   */
  async create(name: string, spec: RouteSpec, service: string, like: RouteData): Promise<RouteData> {
    const tags = [{ key: OWNER_TAG, value: service }];
    try {
      const { route } = await this.#client.send(
        new CreateRouteCommand({ ...this.#key(name, like), spec, tags }),
        this.#sending(),
      );
      if (route !== undefined) return route;
    } catch (error) {
      if (!named(error, 'ConflictException')) return fromAws(`make the route ${name}`)(error);
    }
    const message = `the route ${name} was made meanwhile, and is looked at again`;
    throw new CanaryError(ErrorName.Transient, message);
  }

  /** Takes a route away; one that is gone already is no error. */
  async remove(route: RouteData): Promise<void> {
    const name = route.routeName ?? '';
    try {
      await this.#client.send(new DeleteRouteCommand(this.#key(name, route)), this.#sending());
    } catch (error) {
      if (!named(error, 'NotFoundException')) fromAws(`delete the route ${name}`)(error);
    }
  }

  /** The service that a route is tagged as belonging to; undefined where nobody tagged it. */
  async owner({ metadata, routeName }: RouteData): Promise<string | undefined> {
    const { tags = [] } = await this.#client
      .send(new ListTagsForResourceCommand({ resourceArn: metadata?.arn ?? '' }))
      .catch(fromAws(`read the tags of the route ${routeName}`));
    return tags.find(({ key }) => key === OWNER_TAG)?.value;
  }

  /** Tags a route as a service's. */
  async own({ metadata, routeName }: RouteData, service: string): Promise<void> {
    const tags = [{ key: OWNER_TAG, value: service }];
    await this.#client
      .send(new TagResourceCommand({ resourceArn: metadata?.arn ?? '', tags }))
      .catch(fromAws(`tag the route ${routeName}`));
  }

  #sending() {
    return this.#writable === undefined ? {} : { abortSignal: this.#writable };
  }

  #key(routeName: string, route?: RouteData) {
    const { mesh, meshOwner, virtualRouter } = this.#spec;
    const owner = meshOwner ?? route?.metadata?.meshOwner;
    return {
      meshName: mesh,
      virtualRouterName: virtualRouter,
      routeName,
      ...(owner !== undefined && { meshOwner: owner }),
    };
  }
}
