import type { PolicyRule, RoleRef, Subject } from 'kubernetes-types/rbac/v1.js';
import type { User } from '../admission.ts';
import type { KubeObject } from '../objects.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES } from '../resources.ts';
import { StatusError } from '../status.ts';
import type { Store } from '../store.ts';

/** What somebody asks to do with a resource. */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

type Role = KubeObject & { rules?: PolicyRule[] };
type Binding = KubeObject & { roleRef: RoleRef; subjects?: Subject[] };

/** Members of this group may do everything, as in Kubernetes. */
export const MASTERS = 'system:masters';

const isSubject = (
  { user, groups }: User,
  subject: Subject,
  bindingNamespace: string | undefined,
): boolean => {
  if (subject.kind === 'User') return subject.name === user;
  if (subject.kind === 'Group')
    return groups.includes(subject.name) || subject.name === 'system:authenticated';
  return user === `system:serviceaccount:${subject.namespace ?? bindingNamespace}:${subject.name}`;
};

const rulesOf = (store: Store, roleRef: RoleRef, namespace: string | undefined): PolicyRule[] => {
  const role =
    roleRef.kind === 'ClusterRole'
      ? store.get(CLUSTER_ROLES, undefined, roleRef.name)
      : store.get(ROLES, namespace, roleRef.name);
  return (role as Role | undefined)?.rules ?? [];
};

/** The rules that bind a user in a namespace, cluster-wide ones included. */
export const rulesFor = (store: Store, user: User, namespace: string | undefined): PolicyRule[] => {
  const bindings = [
    ...store.list(CLUSTER_ROLE_BINDINGS),
    ...(namespace === undefined ? [] : store.list(ROLE_BINDINGS, namespace)),
  ] as Binding[];
  return bindings
    .filter((it) => it.subjects?.some((subject) => isSubject(user, subject, it.metadata.namespace)))
    .flatMap((it) => rulesOf(store, it.roleRef, it.metadata.namespace));
};

const has = (list: readonly string[] | undefined, value: string) =>
  list?.some((it) => it === '*' || it === value) === true;

const fits = (rule: PolicyRule, { verb, group, resource, subresource, name }: Attributes): boolean => {
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  return (
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    (has(rule.resources, whole) ||
      (subresource !== undefined && rule.resources?.includes(`*/${subresource}`) === true)) &&
    (!rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name)))
  );
};

/** Reviews of one's own access are open to everybody who is authenticated (`system:basic-user`). */
const isSelfReview = ({ group, resource }: Attributes) =>
  ['authorization.k8s.io', 'authentication.k8s.io'].includes(group) && resource.startsWith('selfsubject');

/** Whether RBAC lets a user do it. */
export const isAllowed = (store: Store, user: User, asked: Attributes): boolean =>
  user.groups.includes(MASTERS) ||
  isSelfReview(asked) ||
  rulesFor(store, user, asked.namespace).some((rule) => fits(rule, asked));

/** The refusal in the API server's words. */
export const forbidden = ({ user }: User, asked: Attributes): StatusError => {
  const { verb, group, resource, subresource, namespace, name } = asked;
  const qualified = group ? `${resource}.${group}` : resource;
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const who = `User "${user}" cannot ${verb} resource "${whole}" in API group "${group}" ${where}`;
  return new StatusError(
    'Forbidden',
    `${qualified}${name === undefined ? '' : ` "${name}"`} is forbidden: ${who}`,
    {
      ...(name !== undefined && { name }),
      ...(group && { group }),
      kind: resource,
    },
  );
};
