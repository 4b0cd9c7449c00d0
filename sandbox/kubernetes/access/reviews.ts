import type { User } from '../admission.ts';
import { isObject, type JsonObject } from '../objects.ts';
import type { Store } from '../store.ts';
import { type Attributes, isAllowed, MASTERS, rulesFor } from './rules.ts';

/** The kinds of `authorization.k8s.io/v1`, which are answered and never stored. */
export const REVIEW_KINDS: { readonly [plural: string]: string } = {
  selfsubjectaccessreviews: 'SelfSubjectAccessReview',
  selfsubjectrulesreviews: 'SelfSubjectRulesReview',
  subjectaccessreviews: 'SubjectAccessReview',
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const attributesOf = (asked: JsonObject): Attributes => ({
  verb: text(asked.verb),
  group: text(asked.group),
  resource: text(asked.resource),
  subresource: text(asked.subresource) || undefined,
  namespace: text(asked.namespace) || undefined,
  name: text(asked.name) || undefined,
});

const accessStatus = (store: Store, user: User, spec: JsonObject): JsonObject => {
  if (!isObject(spec.resourceAttributes)) return { allowed: user.groups.includes(MASTERS) };
  const allowed = isAllowed(store, user, attributesOf(spec.resourceAttributes));
  return allowed ? { allowed, reason: 'RBAC: allowed' } : { allowed };
};

const rulesStatus = (store: Store, user: User, spec: JsonObject): JsonObject => {
  const everything = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
  const own = {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  };
  const rules = rulesFor(store, user, text(spec.namespace) || 'default');
  return {
    resourceRules: user.groups.includes(MASTERS) ? [everything, own] : [own, ...rules],
    nonResourceRules: [
      { verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/version'] },
    ],
    incomplete: false,
  };
};

/** Answers a review with its `status`, as `kubectl auth can-i` asks it. */
export const answerReview = (store: Store, caller: User, plural: string, body: unknown): JsonObject => {
  const review = isObject(body) ? body : {};
  const spec = isObject(review.spec) ? review.spec : {};
  const groups = Array.isArray(spec.groups) ? spec.groups.map(String) : [];
  const user = plural === 'subjectaccessreviews' ? { user: text(spec.user), groups } : caller;
  return {
    ...review,
    kind: REVIEW_KINDS[plural],
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    status:
      plural === 'selfsubjectrulesreviews' ? rulesStatus(store, user, spec) : accessStatus(store, user, spec),
  };
};
