import { answerReview, isReview } from '../access/reviews.ts';
import { forbidden, isAllowed } from '../access/rules.ts';
import type { User } from '../admission.ts';
import type { Api, Target } from '../api.ts';
import type { Deletion } from '../deletion.ts';
import { asJson, isObject, type JsonObject, type KubeObject } from '../objects.ts';
import { APPLY_TYPES, parseBody, patchFunction } from '../patches.ts';
import { decodeProtobuf } from '../protobuf/decode.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { scaleOf, withScale } from '../scale.ts';
import { fieldPredicate, labelPredicate, type Predicate } from '../selectors.ts';
import { badRequest, StatusError } from '../status.ts';
import { discover } from './discovery.ts';
import { answerPod, type LogAnswer } from './pod-answers.ts';
import type { About, ApiRequest } from './request.ts';

/** What a request is answered with: an object or text at once, objects to be shown as a list, or a watch that stays open. */
export type Answer =
  | { readonly kind: 'object'; readonly code: number; readonly body: object | string; readonly of?: Resource }
  | {
      readonly kind: 'list';
      readonly resource: Resource;
      readonly objects: readonly KubeObject[];
      readonly metadata: JsonObject;
    }
  | { readonly kind: 'watch'; readonly about: About & { resource: Resource }; readonly fits: Predicate }
  | LogAnswer;

/** The parts that answer requests. */
export interface Parts {
  readonly api: Api;
  readonly deletion: Deletion;
}

const object = (body: object | string, of?: Resource, code = 200): Answer => ({
  kind: 'object',
  code,
  body,
  ...(of && { of }),
});

/** Answers an authenticated request. Throws a StatusError for a refusal. */
export const answer = (parts: Parts, user: User, request: ApiRequest): Answer => {
  const { about } = request;
  if (about === undefined) {
    const found = discover(request.path);
    if (found !== undefined) return object(found);
    throw new StatusError('NotFound', 'the server could not find the requested resource');
  }
  authorize(parts, user, request, about);
  if (isReview(about)) {
    return object(answerReview(parts.api.store, user, about, bodyOf(request)), undefined, 201);
  }
  const { resource, subresource } = about;
  const ofPod =
    resource === undefined
      ? undefined
      : answerPod(parts.api, request, {
          resource,
          subresource,
          namespace: about.namespace,
          name: about.name,
        });
  if (ofPod !== undefined) return ofPod;
  const isServed =
    resource !== undefined && (!subresource || resource.subresources.some((it) => it === subresource));
  if (!isServed) throw new StatusError('NotFound', 'the server could not find the requested resource');
  const target: Target = { resource, namespace: about.namespace, name: about.name, subresource };
  return VERBS[request.verb]?.(parts, user, request, target) ?? methodNotAllowed();
};

const authorize = ({ api }: Parts, user: User, { verb }: ApiRequest, about: About) => {
  const namespace = about.plural === 'namespaces' ? (about.name ?? about.namespace) : about.namespace;
  const asked = {
    verb,
    group: about.group,
    resource: about.plural,
    subresource: about.subresource,
    namespace,
    name: about.name,
  };
  if (!isAllowed(api.store, user, asked)) throw forbidden(user, asked);
};

const methodNotAllowed = (): never => {
  throw new StatusError(
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  );
};

const fitsOf = ({ query }: ApiRequest, name?: string): Predicate => {
  const byLabel = labelPredicate(query.get('labelSelector') ?? undefined);
  const byField = fieldPredicate(query.get('fieldSelector') ?? undefined);
  return (it) => (name === undefined || it.metadata.name === name) && byLabel(it) && byField(it);
};

const bodyOf = ({ body, protobuf }: ApiRequest): JsonObject => {
  if (protobuf !== undefined) return decodeProtobuf(protobuf);
  const value = parseBody(body);
  if (!isObject(value)) throw badRequest('the body of the request is not an object');
  return value;
};

/** What a deletion says in its body, if it has one. */
const optionsOf = (request: ApiRequest): JsonObject =>
  request.body || request.protobuf ? bodyOf(request) : {};

/** `fieldManager` of the query, else the client's name up to the first slash, as the API server takes it. */
const writeOptions = ({ query, headers }: ApiRequest, user: User) => ({
  user,
  fieldManager: query.get('fieldManager') || (headers['user-agent'] ?? 'unknown').split('/')[0] || 'unknown',
  dryRun: query.getAll('dryRun').includes('All'),
});

type Verb = (parts: Parts, user: User, request: ApiRequest, target: Target) => Answer;

const shown = ({ resource, subresource }: Target, stored: KubeObject, code = 200): Answer =>
  subresource === 'scale' ? object(scaleOf(stored)) : object(stored, resource, code);

const list: Verb = ({ api }, _user, request, { resource, namespace }) => {
  const all = api.store.list(resource, namespace).filter(fitsOf(request));
  const start = Number(request.query.get('continue') ?? 0);
  const limit = Number(request.query.get('limit') ?? 0) || all.length;
  const objects = all.slice(start, start + limit);
  const left = all.length - start - objects.length;
  const more = left > 0 ? { continue: String(start + limit), remainingItemCount: left } : {};
  return {
    kind: 'list',
    resource,
    objects,
    metadata: { resourceVersion: String(api.store.revision), ...more },
  };
};

const patch: Verb = (parts, user, request, target) => {
  const { api } = parts;
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const options = writeOptions(request, user);
  if (APPLY_TYPES.includes(contentType)) {
    if (!request.query.get('fieldManager')) {
      throw badRequest(
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      );
    }
    const isNew = api.store.get(target.resource, target.namespace, target.name ?? '') === undefined;
    // What is not there yet is created: that is asked of RBAC too, with the name (patch.go, createAuthorizerAttributes).
    if (isNew && request.about !== undefined)
      authorize(parts, user, { ...request, verb: 'create' }, request.about);
    const force = request.query.get('force') === 'true';
    return shown(target, api.apply(target, bodyOf(request), { ...options, force }), isNew ? 201 : 200);
  }
  const patched = patchFunction(target.resource, contentType, request.body);
  if (target.subresource !== 'scale') return shown(target, api.patch(target, patched, options));
  const scaled = (live: JsonObject) => withScale(live, patched(scaleOf(live as unknown as KubeObject)));
  return shown(target, api.patch(target, scaled, options));
};

const remove: Verb = ({ api, deletion }, _user, request, target) => {
  const live = api.get(target);
  const body = optionsOf(request);
  const query = Object.fromEntries(request.query);
  const dryRun = request.query.has('dryRun') ? { dryRun: [query.dryRun] } : {};
  const left = deletion.delete(target.resource, live, { ...query, ...dryRun, ...body });
  if (target.resource.plural === 'pods') return object(left, target.resource);
  const { name, uid } = live.metadata;
  const details = {
    name,
    ...(target.resource.group && { group: target.resource.group }),
    kind: target.resource.plural,
    uid,
  };
  return object({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
};

const VERBS: { readonly [verb: string]: Verb } = {
  list,
  patch,
  delete: remove,
  get: ({ api }, _user, _request, target) => shown(target, api.get(target)),
  watch: (_parts, _user, request, { resource, namespace, name }) => ({
    kind: 'watch',
    about: { ...(request.about as About), resource, namespace },
    fits: fitsOf(request, name),
  }),
  create: ({ api }, user, request, target) =>
    target.name === undefined
      ? shown(target, api.create(target, bodyOf(request), writeOptions(request, user)), 201)
      : methodNotAllowed(),
  update: ({ api }, user, request, target) => {
    const body = bodyOf(request);
    const whole = target.subresource === 'scale' ? withScale(asJson(api.get(target)), body) : body;
    return shown(target, api.update(target, whole, writeOptions(request, user)));
  },
  deletecollection: ({ api, deletion }, _user, request, { resource, namespace }) => {
    const objects = api.store.list(resource, namespace).filter(fitsOf(request));
    for (const it of objects) deletion.delete(resource, it, optionsOf(request));
    return object({
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata: {},
      items: objects,
    });
  },
};
