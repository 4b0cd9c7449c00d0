import type { Clock } from '../../clock.ts';
import { type Condition, withCondition } from '../conditions.ts';
import { isObject, type JsonObject, type KubeObject, timestamp } from '../objects.ts';
import { HTTP_ROUTES, SERVICES } from '../resources.ts';
import type { Store } from '../store.ts';
import { WorkQueue } from './work-queue.ts';

/** The name under which the AWS Gateway API controller reports (VPC Lattice). */
const CONTROLLER_NAME = 'application-networking.k8s.aws/gateway-api-controller';

interface ParentStatus {
  parentRef: JsonObject;
  controllerName: string;
  conditions: (Condition & { observedGeneration: number })[];
}

const listIn = (value: unknown, field: string): JsonObject[] => {
  const list = isObject(value) ? value[field] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
};

/**
 * Reports on HTTPRoutes as Gateway API controllers do: `status.parents` has each gateway with the conditions `Accepted` and
 * `ResolvedRefs`, and the generation that they are about. A backend Service that is not there is `BackendNotFound`.
 */
export class HttpRouteController {
  readonly queue: WorkQueue;
  readonly #store: Store;
  readonly #clock: Clock;

  constructor({ store, clock }: { store: Store; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
    this.queue = new WorkQueue(clock, (key) => this.#reconcile(key));
    store.onChange(({ type, resource, object }) => {
      if (resource === HTTP_ROUTES && type !== 'DELETED') this.queue.add(keyOf(object));
      if (resource !== SERVICES || type === 'MODIFIED') return;
      for (const route of store.list(HTTP_ROUTES, object.metadata.namespace)) this.queue.add(keyOf(route));
    });
  }

  #reconcile(key: string): void {
    const [namespace, name = ''] = key.split('/');
    const route = this.#store.get(HTTP_ROUTES, namespace, name);
    if (route === undefined) return;
    this.#store.change(HTTP_ROUTES, route, (draft) => {
      const before = listIn(draft.status, 'parents') as unknown as ParentStatus[];
      const missing = this.#missingBackend(draft);
      const parents = listIn(draft.spec, 'parentRefs').map((parentRef): ParentStatus => {
        const known = before.find((it) => it.parentRef.name === parentRef.name)?.conditions;
        return {
          parentRef,
          controllerName: CONTROLLER_NAME,
          conditions: this.#conditions(draft, known, missing),
        };
      });
      draft.status = { parents };
    });
  }

  #missingBackend({ metadata, spec }: KubeObject): string | undefined {
    const names = listIn(spec, 'rules')
      .flatMap((rule) => listIn(rule, 'backendRefs'))
      .filter(({ kind = 'Service' }) => kind === 'Service')
      .map(({ name }) => String(name));
    return names.find((name) => this.#store.get(SERVICES, metadata.namespace, name) === undefined);
  }

  #conditions(
    { metadata }: KubeObject,
    known: ParentStatus['conditions'] | undefined,
    missing: string | undefined,
  ) {
    const observedGeneration = metadata.generation ?? 1;
    const resolved =
      missing === undefined
        ? { status: 'True', reason: 'ResolvedRefs', message: '' }
        : { status: 'False', reason: 'BackendNotFound', message: `Service "${missing}" not found` };
    const accepted = {
      type: 'Accepted',
      status: 'True',
      reason: 'Accepted',
      message: '',
      observedGeneration,
    };
    const now = timestamp(this.#clock.now());
    return withCondition(
      withCondition(known, accepted, now),
      { type: 'ResolvedRefs', ...resolved, observedGeneration },
      now,
    );
  }
}

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
