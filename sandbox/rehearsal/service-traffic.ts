import type { Place } from '../aws/services/place.ts';
import { virtualServiceName } from '../bootstrap/mesh.ts';
import type { Sandbox } from '../sandbox.ts';
import { ModelledTraffic } from '../traffic/model/modelled-traffic.ts';
import { reportsOf } from '../traffic/reports.ts';
import { routePolicyOf } from '../traffic/route-policy.ts';
import { DepartedPods } from './departed-pods.ts';
import type { LoadedScenario } from './load-scenario.ts';
import { defaultBehaviour, type VersionBehaviour } from './scenario.ts';

/** Minutes of the running version's past, from which the judge may learn; they are not counted. */
const HISTORY_MINUTES = 180;

type Role = 'primary' | 'canary';

/** Weights and pods as they are now; kept, because requests of the past went by the ones of the past. */
interface World {
  readonly split: Readonly<Record<Role, number>>;
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
    this.#world = { split: { primary: 100, canary: 0 }, pods: { primary: [], canary: [] } };
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
      split: () => this.#world.split,
      podsOf: (role) => this.#world.pods[role as Role] ?? [],
      retryPolicy: () => routePolicyOf(this.#route()?.httpRoute),
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
    this.#world = { split: this.weights(), pods: { primary: primary.counts(), canary: canary.counts() } };
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

  /** Percent by side as the route has it now. */
  weights(): Readonly<Record<Role, number>> {
    const { primary, canary } = this.#loaded.spec.router.appMesh;
    const targets = this.#route()?.httpRoute?.action?.weightedTargets ?? [];
    const weightOf = (node: string) => targets.find(({ virtualNode }) => virtualNode === node)?.weight ?? 0;
    return { primary: weightOf(primary), canary: weightOf(canary) };
  }

  get model(): ModelledTraffic {
    return this.#model;
  }

  /** What clients have seen of the canary so far. */
  canary(): { requests: number; failures: number } {
    return this.#model.totals().byRole.canary ?? { requests: 0, failures: 0 };
  }

  #route() {
    const { mesh, virtualRouter, route } = this.#loaded.spec.router.appMesh;
    return this.#sandbox.stores.meshes.route(this.#place, mesh, virtualRouter, route)?.spec;
  }

  /** Takes up which pods of a role serve now; returns when the proxies have heard of those that left, epoch ms. */
  #serve(role: Role): number | undefined {
    const { namespace, [role]: deployment } = this.#loaded.spec.workload;
    const pods = this.#sandbox.kubernetes.readyPods(namespace, { deployment });
    return this.#departed[role].serve(pods, this.#sandbox.clock.now());
  }
}
