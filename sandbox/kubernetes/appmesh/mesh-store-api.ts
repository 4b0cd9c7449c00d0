import { AwsError } from '../../aws/service.ts';
import { KINDS } from '../../aws/services/app-mesh/kinds.ts';
import { checkSpec, userOf } from '../../aws/services/app-mesh/rules.ts';
import type { MeshStore } from '../../aws/services/app-mesh/store.ts';
import type { Place } from '../../aws/services/place.ts';
import type { Clock } from '../../clock.ts';
import type { MeshApi } from './mesh-api.ts';

/** The sandbox's App Mesh of one account and region, as the controller writes it: by its own role, without the edge. */
export const meshStoreApi = (store: MeshStore, place: Place, clock: Pick<Clock, 'now'>): MeshApi => ({
  spec: (kind, path) => store.get(place, KINDS[kind], path)?.spec,
  put: (kind, path, spec) => {
    checkSpec(KINDS[kind], spec);
    return store.put(place, KINDS[kind], path, spec, clock.now()).metadata.arn;
  },
  remove: (kind, path) => {
    const resource = store.get(place, KINDS[kind], path);
    if (resource === undefined) return;
    const user = userOf(store, place, resource);
    if (user !== undefined) {
      throw new AwsError(
        'ResourceInUseException',
        `${resource.metadata.arn} is in use by ${user.metadata.arn}`,
      );
    }
    store.delete(place, resource, clock.now());
  },
  routes: (mesh, virtualRouter) =>
    store.list(place, KINDS.route, [mesh, virtualRouter]).map(({ path }) => path.at(-1) ?? ''),
});
