import type { JsonObject } from '../objects.ts';
import { apiVersionOf, RESOURCES, type Resource } from '../resources.ts';

const folderOf = (resource: Resource): string =>
  `${resource.group ? 'apis' : 'api'}/${apiVersionOf(resource)}`;

const pathOf = (resource: Resource): string =>
  `/${folderOf(resource)}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.plural}/{name}`;

const query = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });

const operationsOf = ({ group, version, kind }: Resource): JsonObject => ({
  patch: {
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(query),
    responses: { 200: { description: 'OK' } },
  },
});

/**
 * The least OpenAPI v3 that `kubectl apply` asks for: which groups there are, and that each kind takes `fieldValidation`,
 * so that kubectl leaves validation to the server. It holds no schemas: for core types kubectl has its own.
 */
export const openApi = (path: string): JsonObject | undefined => {
  const folders = [...new Set(RESOURCES.map(folderOf))];
  if (path === '/openapi/v3') {
    return {
      paths: Object.fromEntries(folders.map((it) => [it, { serverRelativeURL: `/openapi/v3/${it}` }])),
    };
  }
  const resources = RESOURCES.filter((it) => path === `/openapi/v3/${folderOf(it)}`);
  if (resources.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'stepcanary sandbox', version: 'v1.34.2' },
    paths: Object.fromEntries(resources.map((it) => [pathOf(it), operationsOf(it)])),
    components: { schemas: {} },
  };
};
