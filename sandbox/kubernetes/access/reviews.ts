import type { User } from '../admission.ts';
import { isObject, type JsonObject } from '../objects.ts';
import type { Store } from '../store.ts';
import { type Attributes, isAllowed, MASTERS, rulesFor } from './rules.ts';

/** Kinds that are answered and never stored, by plural and group. */
export const REVIEWS: Readonly<Record<string, { readonly kind: string; readonly group: string }>> = {
  selfsubjectaccessreviews: { kind: 'SelfSubjectAccessReview', group: 'authorization.k8s.io' },
  selfsubjectrulesreviews: { kind: 'SelfSubjectRulesReview', group: 'authorization.k8s.io' },
  subjectaccessreviews: { kind: 'SubjectAccessReview', group: 'authorization.k8s.io' },
  selfsubjectreviews: { kind: 'SelfSubjectReview', group: 'authentication.k8s.io' },
};

/** What a request is about, as far as reviews go. */
interface Asked {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

export const isReview = ({ group, version, plural }: Asked): boolean =>
  version === 'v1' && REVIEWS[plural]?.group === group;

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

/** Answers a review with its `status`, as `kubectl auth can-i` and `kubectl auth whoami` ask it. */
export const answerReview = (
  store: Store,
  caller: User,
  { plural, group, version }: Asked,
  review: JsonObject,
): JsonObject => {
  const spec = isObject(review.spec) ? review.spec : {};
  const groups = Array.isArray(spec.groups) ? spec.groups.map(String) : [];
  const user = plural === 'subjectaccessreviews' ? { user: text(spec.user), groups } : caller;
  const status = () => {
    if (plural === 'selfsubjectreviews')
      return { userInfo: { username: caller.user, groups: caller.groups } };
    return plural === 'selfsubjectrulesreviews'
      ? rulesStatus(store, user, spec)
      : accessStatus(store, user, spec);
  };
  return {
    ...review,
    kind: REVIEWS[plural]?.kind,
    apiVersion: `${group}/${version}`,
    metadata: {},
    status: status(),
  };
};
