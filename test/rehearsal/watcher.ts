import { matchedRouteName } from '../../lambdas/core/spec/match.ts';
import { abOf } from '../../lambdas/core/spec/strategy.ts';
import type { LoadedScenario } from '../../sandbox/rehearsal/load-scenario.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** The pods that bootstrapped primaries have (sandbox/rehearsal/run.ts). */
export const REPLICAS = 4;

interface Target {
  readonly virtualNode?: string;
  readonly weight?: number;
}

/** The route without its weights, and its weights. */
export interface SeenRoute {
  readonly rest: string;
  readonly targets: Readonly<Record<string, number>>;
}

/** JSON with the keys of each object in order: who reads a route and writes it back may have them otherwise. */
const inOrder = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** The routes that a rollout may write: the spec's own, and with A/B the one that it makes and takes away. */
export const routeNames = ({ spec }: LoadedScenario): string[] => {
  const { route } = spec.router.appMesh;
  return abOf(spec) === undefined ? [route] : [route, matchedRouteName(route)];
};

export const routeOf = (sandbox: Sandbox, { spec, target }: LoadedScenario): SeenRoute => {
  const { mesh, virtualRouter, route } = spec.router.appMesh;
  const found = sandbox.stores.meshes.route(target, mesh, virtualRouter, route)?.spec;
  const { weightedTargets = [], ...action } = found?.httpRoute?.action ?? {};
  const targets = (weightedTargets as readonly Target[]).map(({ virtualNode = '', weight = 0 }) => [
    virtualNode,
    weight,
  ]);
  return {
    rest: inOrder({ ...found, httpRoute: { ...found?.httpRoute, action } }),
    targets: Object.fromEntries(targets),
  };
};

/** Replicas wanted of a Deployment. */
export const replicasOf = (sandbox: Sandbox, { spec }: LoadedScenario, side: 'primary' | 'canary'): number =>
  (
    sandbox.kubernetes.get('deployment', spec.workload.namespace, spec.workload[side])?.spec as {
      replicas?: number;
    }
  )?.replicas ?? 0;

const readyPods = (sandbox: Sandbox, { spec }: LoadedScenario, side: 'primary' | 'canary'): number =>
  sandbox.kubernetes.readyPods(spec.workload.namespace, { deployment: spec.workload[side] }).length;

/** What was seen to be broken while a rehearsal ran. Says each thing once. */
export class Watcher {
  readonly broken = new Set<string>();
  /** Shares set by hand are not the product's doing. */
  readonly #byHand: ReadonlySet<number>;

  constructor(loaded: LoadedScenario) {
    this.#byHand = new Set(loaded.scenario.timeline.flatMap(({ route }) => route?.canary ?? []));
    const armed = new Set(loaded.scenario.timeline.flatMap(({ fault }) => fault?.call ?? []));
    this.watch = (sandbox) => {
      const before = routeOf(sandbox, loaded);
      sandbox.stores.meshes.onRouteChange(({ name }) => {
        if (!routeNames(loaded).includes(name)) this.broken.add(`I4: the route ${name} was written`);
        const now = routeOf(sandbox, loaded);
        if (now.rest !== before.rest) this.broken.add(`I4: the route became ${now.rest}, was ${before.rest}`);
        this.#weights(sandbox, loaded, now);
      });
      sandbox.observe({
        podsChanged: () => {
          const wanted = replicasOf(sandbox, loaded, 'primary');
          if (wanted < REPLICAS) this.broken.add(`I9: the primary is wanted with ${wanted} pods`);
          const ready = readyPods(sandbox, loaded, 'primary');
          if (ready < REPLICAS && routeOf(sandbox, loaded).targets[loaded.spec.router.appMesh.canary] !== 100)
            this.#primaryShort(sandbox, loaded, ready);
        },
        call: ({ call, error }) => {
          const name = `${call.service}.${call.operation}`;
          if (/AccessDenied|NotAuthorized|Forbidden/.test(error ?? '') && !armed.has(name))
            this.broken.add(`I8: ${call.caller.arn} may not call ${name}`);
        },
        kubernetesRequest: ({ verb, resource, status }) => {
          if (status === 403) this.broken.add(`I8: the cluster forbids ${verb} ${resource}`);
        },
        log: (line) => this.broken.add(`the sandbox: ${line}`),
      });
    };
  }

  readonly watch: (sandbox: Sandbox) => void;

  #weights(sandbox: Sandbox, loaded: LoadedScenario, { targets }: SeenRoute): void {
    const { primary, canary } = loaded.spec.router.appMesh;
    const sum = Object.values(targets).reduce((total, weight) => total + weight, 0);
    const share = targets[canary] ?? 0;
    if (sum !== 100 || share + (targets[primary] ?? 0) !== 100)
      this.broken.add(`I1: weights ${JSON.stringify(targets)}`);
    if (this.#byHand.has(share)) return;
    const ready = readyPods(sandbox, loaded, 'canary');
    const needed = Math.ceil((share * REPLICAS) / 100);
    if (ready < needed)
      this.broken.add(`I9: the canary got ${share} % with ${ready} of ${needed} pods ready`);
  }

  /** While the primary changes, the canary has pods for everything; otherwise the primary must. */
  #primaryShort(sandbox: Sandbox, loaded: LoadedScenario, ready: number): void {
    const canary = readyPods(sandbox, loaded, 'canary');
    if (canary + ready < REPLICAS)
      this.broken.add(`I9: ${ready} pods of the primary and ${canary} of the canary serve`);
  }
}
