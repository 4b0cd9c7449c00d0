import type { IncomingHttpHeaders } from 'node:http';
import { type Resource, resourceOfPath } from '../resources.ts';

/** A request, read as far as its path and method say what it is about. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Empty where it came as protobuf. */
  readonly body: string;
  readonly protobuf: Buffer | undefined;
  readonly verb: string;
  /** What the path names as a resource; undefined for `/api`, `/version` and the like. */
  readonly about: About | undefined;
}

/** The resource of a request. `resource` is undefined where the kind is not known or is not stored (reviews). */
export interface About {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly resource: Resource | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

const VERBS: { readonly [method: string]: string } = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const isTrue = (value: string | null) => value === 'true' || value === '1';

const aboutOf = (path: string): About | undefined => {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const [group, version, ...rest] = parts[0] === 'api' ? ['', ...parts.slice(1)] : parts.slice(1);
  if ((parts[0] !== 'api' && parts[0] !== 'apis') || version === undefined || rest.length === 0)
    return undefined;
  const inNamespace =
    rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '');
  const [namespace, tail] = inNamespace ? [rest[1], rest.slice(2)] : [undefined, rest];
  const [plural = '', name, subresource] = tail;
  return {
    group: group ?? '',
    version,
    plural,
    resource: resourceOfPath(group ?? '', version, plural),
    namespace,
    name,
    subresource,
  };
};

const JSON_TYPES = ['application/json', 'application/*', '*/*'];

/** Whether the client takes JSON, which is all that there is here: kubectl and client-go name it after protobuf. */
export const takesJson = ({ headers: { accept } }: ApiRequest): boolean =>
  accept === undefined || accept.split(',').some((it) => JSON_TYPES.includes(it.split(';')[0]?.trim() ?? ''));

/** Reads method, path and query as the API server does (`k8s.io/apiserver` `RequestInfo`). */
export const apiRequest = (raw: {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}): ApiRequest => {
  const { pathname, searchParams } = new URL(raw.url, 'https://localhost');
  const about = aboutOf(pathname);
  const verbOf = () => {
    if (about === undefined) return raw.method.toLowerCase();
    if (raw.method === 'DELETE' && about.name === undefined) return 'deletecollection';
    if (raw.method !== 'GET') return VERBS[raw.method] ?? raw.method.toLowerCase();
    if (isTrue(searchParams.get('watch'))) return 'watch';
    return about.name === undefined ? 'list' : 'get';
  };
  const isProtobuf = raw.body.length > 0 && raw.headers['content-type']?.includes('protobuf') === true;
  return {
    ...raw,
    body: isProtobuf ? '' : raw.body.toString(),
    protobuf: isProtobuf ? raw.body : undefined,
    path: pathname,
    query: searchParams,
    verb: verbOf(),
    about,
  };
};
