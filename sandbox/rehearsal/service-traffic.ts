import { matchedRouteName } from '../../lambdas/core/spec/match.ts';
import { blueGreenOf } from '../../lambdas/core/spec/strategy.ts';
import { targetsOf } from '../aws/services/app-mesh/store.ts';
import type { Place } from '../aws/services/place.ts';
import { virtualServiceName } from '../bootstrap/mesh.ts';
import type { Sandbox } from '../sandbox.ts';
import { ModelledTraffic } from '../traffic/model/modelled-traffic.ts';
import type { DirectLoad } from '../traffic/model/options.ts';
import { reportsOf } from '../traffic/reports.ts';
import { chooseRoute, type MeshRoute, type RequestShape, type RouteChoice } from '../traffic/route-table.ts';
import { behavesAs } from './configs.ts';
import { DepartedPods } from './departed-pods.ts';
import type { LoadedScenario } from './load-scenario.ts';
import { defaultBehaviour, type VersionBehaviour } from './scenario.ts';
import { userKinds } from './users.ts';

/** Minutes of the running version's past, from which the judge may learn; they are not counted. */
const HISTORY_MINUTES = 180;

type Role = 'primary' | 'canary';

/** Weights and pods as they are now; kept, because requests of the past went by the ones of the past. */
interface World {
  readonly routes: readonly MeshRoute[];
  /** Where each kind of requests goes, as far as one was asked for. */
  readonly choices: Map<RequestShape, RouteChoice | undefined>;
  readonly pods: Readonly<Record<Role, ReturnType<DepartedPods['counts']>>>;
}

const shape = ({ errorRate, latency, podRps }: VersionBehaviour) => ({ errorRate, latency, podRps });

/** The service's modelled traffic, which follows its route and its pods. */
export class ServiceTraffic {
  readonly #sandbox: Sandbox;
  readonly #loaded: LoadedScenario;
  readonly #place: Place;
  readonly #model: ModelledTraffic;
  readonly #departed: Readonly<Record<Role, DepartedPods>>;
  #cancelFollow: () => void = () => {};
  #world: World;

  constructor(sandbox: Sandbox, loaded: LoadedScenario) {
    this.#sandbox = sandbox;
    this.#loaded = loaded;
    const { scenario, spec, target } = loaded;
    this.#place = { account: target.account, region: target.region };
    this.#world = { routes: this.#routes(), choices: new Map(), pods: { primary: [], canary: [] } };
    const staleMs = (name: string) => (scenario.versions[name]?.staleFor ?? 0) * 1000;
    this.#departed = { primary: new DepartedPods(staleMs), canary: new DepartedPods(staleMs) };
    const { mesh, primary, canary } = spec.router.appMesh;
    const { namespace, callers } = reportsOf(spec.analysis);
    const { traffic, versions, running } = scenario;
    sandbox.stores.metrics.setDelay(scenario.metrics.delay * 1000);
    this.#model = new ModelledTraffic({
      clock: sandbox.clock,
      seed: scenario.seed,
      metrics: sandbox.stores.metrics,
      traces: sandbox.stores.traces,
      schedule: Array.isArray(traffic)
        ? traffic.map(({ from, rps }) => ({ fromMs: from * 1000, rps }))
        : [{ fromMs: 0, rps: traffic.rps }],
      versions: Object.fromEntries(
        Object.entries({ [running]: defaultBehaviour(), ...versions }).map(([name, of]) => [name, shape(of)]),
      ),
      service: {
        ...this.#place,
        mesh,
        virtualService: virtualServiceName(spec),
        callers,
        targets: { primary, canary },
        namespace,
      },
      split: (request) => this.#split(request),
      podsOf: (role) => this.#world.pods[role as Role] ?? [],
      retryPolicy: (request) => this.#choice(request)?.policy ?? {},
      mix: userKinds(scenario, spec, this.#path()) ?? [
        { share: 1, request: { method: 'GET', path: this.#path(), headers: {} } },
      ],
      publishEveryMs: scenario.metrics.period * 1000,
      history: { version: running, minutes: HISTORY_MINUTES },
    });
    this.follow();
  }

  /** Requests up to now went by what was known; from here on they go by what is. Call it at each change of route or pods. */
  follow(): void {
    const { clock } = this.#sandbox;
    this.#model.advanceTo(clock.now());
    this.#cancelFollow();
    const ends = [this.#serve('primary'), this.#serve('canary')].filter((at) => at !== undefined);
    if (ends.length > 0) this.#cancelFollow = clock.schedule(Math.min(...ends), () => this.follow());
    const { primary, canary } = this.#departed;
    const pods = { primary: primary.counts(), canary: canary.counts() };
    this.#world = { routes: this.#routes(), choices: new Map(), pods };
  }

  /** How busy a Deployment's pods are, in percent of what they serve before they get slow; undefined where nobody can tell. */
  utilization({
    namespace,
    name,
  }: {
    readonly namespace: string;
    readonly name: string;
  }): number | undefined {
    const { workload } = this.#loaded.spec;
    const role = (['primary', 'canary'] as const).find((it) => workload[it] === name);
    return role === undefined || namespace !== workload.namespace ? undefined : this.#model.utilization(role);
  }

  /** Percent by side as the route has it now; with A/B, that of the matched requests. */
  weights(): Readonly<Record<Role, number>> {
    const { route, primary, canary } = this.#loaded.spec.router.appMesh;
    const own = (name: string) => this.#routes().find(({ routeName }) => routeName === name);
    const { spec } = own(matchedRouteName(route)) ?? own(route) ?? {};
    const targets = spec === undefined ? [] : targetsOf(spec);
    const weightOf = (node: string) => targets.find(({ virtualNode }) => virtualNode === node)?.weight ?? 0;
    return { primary: weightOf(primary), canary: weightOf(canary) };
  }

  /**
   * A load test past the route. Where such requests are judged (blue/green, as Flagger has it), it comes from a caller
   * whose metrics are read.
   */
  direct(load: DirectLoad): void {
    const { spec } = this.#loaded;
    const judged = blueGreenOf(spec)?.countUnrouted === true;
    this.#model.direct({ ...load, caller: judged ? reportsOf(spec.analysis).callers.at(-1) : undefined });
  }

  get model(): ModelledTraffic {
    return this.#model;
  }

  /** What clients have seen of the canary so far. */
  canary(): { requests: number; failures: number } {
    return this.#model.totals().byRole.canary ?? { requests: 0, failures: 0 };
  }

  /** The routes of the virtual router that lead to this service; another service's may stand beside them. */
  #routes(): MeshRoute[] {
    const { mesh, virtualRouter, primary, canary } = this.#loaded.spec.router.appMesh;
    const all = this.#sandbox.stores.meshes.routes(this.#place, mesh, virtualRouter);
    return all
      .filter(({ spec }) =>
        targetsOf(spec).some(({ virtualNode }) => [primary, canary].includes(virtualNode)),
      )
      .map(({ path, spec }) => ({ routeName: path.at(-1), spec }));
  }

  /** A path that the route of everybody takes. */
  #path(): string {
    const { route } = this.#loaded.spec.router.appMesh;
    const match = this.#routes().find(({ routeName }) => routeName === route)?.spec?.httpRoute?.match;
    return match?.prefix ?? match?.path?.exact ?? '/';
  }

  #choice(request: RequestShape): RouteChoice | undefined {
    const { routes, choices } = this.#world;
    if (!choices.has(request)) choices.set(request, chooseRoute(routes, request));
    return choices.get(request);
  }

  #split(request: RequestShape): Readonly<Record<Role, number>> {
    const { primary, canary } = this.#loaded.spec.router.appMesh;
    const weights = this.#choice(request)?.weights ?? {};
    return { primary: weights[primary] ?? 0, canary: weights[canary] ?? 0 };
  }

  /** Takes up which pods of a role serve now; returns when the proxies have heard of those that left, epoch ms. */
  #serve(role: Role): number | undefined {
    const { namespace, [role]: deployment } = this.#loaded.spec.workload;
    const pods = this.#sandbox.kubernetes.readyPods(namespace, { deployment });
    const { versions } = this.#loaded.scenario;
    const serving = pods.map(({ name, version, config }) => ({
      name,
      version: behavesAs(versions, version, config),
    }));
    return this.#departed[role].serve(serving, this.#sandbox.clock.now());
  }
}
