import { isDeepStrictEqual } from 'node:util';
import type { Admission } from '../admission.ts';
import { MESHES, VIRTUAL_NODES, VIRTUAL_ROUTERS, VIRTUAL_SERVICES } from '../resources.ts';
import { StatusError } from '../status.ts';
import type { Store } from '../store.ts';
import { defaultAwsName, meshesOf, meshSpecOf } from './mesh-resources.ts';

const denied = (kind: string, message: string) =>
  new StatusError(
    'Forbidden',
    `admission webhook "v${kind.toLowerCase()}.appmesh.k8s.aws" denied the request: ${message}`,
  );

/** The controller's webhooks: they give a new resource its AWS name and its mesh, and keep both from changing. */
export const meshAdmission =
  (store: () => Store): Admission =>
  ({ operation, resource, object, previous }) => {
    if (![MESHES, VIRTUAL_NODES, VIRTUAL_ROUTERS, VIRTUAL_SERVICES].includes(resource)) return;
    const { name, namespace = '' } = object.metadata;
    const spec = { ...meshSpecOf(object) };
    if (operation === 'UPDATE' && previous !== undefined) {
      const before = meshSpecOf(previous);
      spec.awsName ??= before.awsName ?? defaultAwsName(resource, name, namespace);
      if (before.meshRef !== undefined) spec.meshRef ??= before.meshRef;
      const changed = (['awsName', 'meshRef'] as const).filter(
        (key) => !isDeepStrictEqual(spec[key], before[key]),
      );
      if (changed.length > 0) {
        const fields = changed.map((key) => `spec.${key}`).join(',');
        throw denied(
          resource.kind,
          `${resource.kind}-${namespace}/${name} may not update these fields: ${fields}`,
        );
      }
    } else {
      spec.awsName ??= defaultAwsName(resource, name, namespace);
      if (resource !== MESHES) {
        const meshes = meshesOf(store(), namespace);
        const mesh = meshes[0];
        if (mesh === undefined || meshes.length > 1) {
          const found = `expecting 1 but found ${meshes.length}`;
          throw denied(resource.kind, `failed to find matching mesh for namespace: ${namespace}, ${found}`);
        }
        spec.meshRef = { name: mesh.metadata.name, uid: mesh.metadata.uid };
      }
    }
    object.spec = spec;
  };
