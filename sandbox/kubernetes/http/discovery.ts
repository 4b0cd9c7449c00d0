import { REVIEWS } from '../access/reviews.ts';
import type { JsonObject } from '../objects.ts';
import { apiVersionOf, PODS, RESOURCES, type Resource } from '../resources.ts';
import { openApi } from './openapi.ts';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The Kubernetes whose API this is. */
const VERSION = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.2-stepcanary-sandbox',
  platform: 'linux/amd64',
};

const reviewGroups = (): { group: string; version: string }[] =>
  [...new Set(Object.values(REVIEWS).map(({ group }) => group))].map((group) => ({ group, version: 'v1' }));

const groupVersions = (): { group: string; version: string }[] => {
  const all = [...RESOURCES.map(({ group, version }) => ({ group, version })), ...reviewGroups()];
  return all.filter(
    (it, index) => it.group !== '' && all.findIndex((other) => other.group === it.group) === index,
  );
};

const groupOf = ({ group, version }: { group: string; version: string }): JsonObject => {
  const entry = { groupVersion: `${group}/${version}`, version };
  return { name: group, versions: [entry], preferredVersion: entry };
};

const entriesOf = (resource: Resource): JsonObject[] => [
  {
    name: resource.plural,
    singularName: resource.kind.toLowerCase(),
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: ALL_VERBS,
    ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
    ...(['pods', 'services', 'deployments', 'replicasets', 'horizontalpodautoscalers'].includes(
      resource.plural,
    ) && {
      categories: ['all'],
    }),
  },
  ...resource.subresources.map((subresource) => ({
    name: `${resource.plural}/${subresource}`,
    singularName: '',
    namespaced: resource.namespaced,
    kind: subresource === 'scale' ? 'Scale' : resource.kind,
    ...(subresource === 'scale' && { group: 'autoscaling', version: 'v1' }),
    verbs: ['get', 'patch', 'update'],
  })),
  ...(resource === PODS
    ? [{ name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] }]
    : []),
];

const resourceList = (group: string, version: string): JsonObject | undefined => {
  const reviews = Object.entries(REVIEWS)
    .filter(([, review]) => review.group === group && version === 'v1')
    .map(([name, { kind }]) => ({
      name,
      singularName: kind.toLowerCase(),
      namespaced: false,
      kind,
      verbs: ['create'],
    }));
  const stored = RESOURCES.filter((it) => it.group === group && it.version === version).flatMap(entriesOf);
  const resources = [...stored, ...reviews];
  if (resources.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources,
  };
};

/** The answers of paths that describe the API itself; undefined for a path that is none of them. */
export const discover = (path: string): JsonObject | string | undefined => {
  if (['/healthz', '/readyz', '/livez'].includes(path)) return 'ok';
  if (path === '/version') {
    return VERSION;
  }
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis')
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupVersions().map(groupOf) };
  if (path === '/api/v1') return resourceList('', 'v1');
  if (path.startsWith('/openapi/')) return openApi(path);
  const [, apis, group = '', version, more] = path.split('/');
  if (apis !== 'apis' || more !== undefined) return undefined;
  const known = groupVersions().find((it) => it.group === group);
  if (version === undefined) return known && { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(known) };
  return resourceList(group, version);
};
