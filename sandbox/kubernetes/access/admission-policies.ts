import type { Admission, Review } from '../admission.ts';
import { asJson, isObject, type JsonObject, type KubeObject, type LabelSelector } from '../objects.ts';
import {
  ADMISSION_POLICIES,
  ADMISSION_POLICY_BINDINGS,
  NAMESPACES,
  qualifiedName,
  type Resource,
} from '../resources.ts';
import { fitsSelector } from '../selectors.ts';
import { StatusError } from '../status.ts';
import type { Store } from '../store.ts';

/** Evaluates a CEL expression over JSON variables. Throws when it can't be evaluated. */
export type Cel = (expression: string, variables: JsonObject) => unknown;

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  operations?: string[];
  resourceNames?: string[];
}

/** `matchConstraints` of a policy, `matchResources` of a binding. */
interface Match {
  resourceRules?: Rule[];
  excludeResourceRules?: Rule[];
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
}

interface PolicySpec {
  failurePolicy?: 'Fail' | 'Ignore';
  matchConstraints?: Match;
  matchConditions?: { name: string; expression: string }[];
  variables?: { name: string; expression: string }[];
  validations?: { expression: string; message?: string; messageExpression?: string; reason?: string }[];
}

interface BindingSpec {
  policyName: string;
  validationActions?: string[];
  matchResources?: Match;
}

const has = (list: readonly string[] | undefined, value: string) =>
  list?.some((it) => it === '*' || it === value) === true;

const ruleFits = (rule: Rule, { operation, resource, subresource, object }: Review): boolean =>
  has(rule.apiGroups, resource.group) &&
  has(rule.resources, subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`) &&
  has(rule.operations, operation) &&
  (!rule.resourceNames?.length || rule.resourceNames.includes(object.metadata.name));

const fits = (match: Match | undefined, review: Review, namespace: KubeObject | undefined): boolean =>
  (match?.resourceRules?.some((it) => ruleFits(it, review)) ?? true) &&
  !match?.excludeResourceRules?.some((it) => ruleFits(it, review)) &&
  (namespace === undefined || fitsSelector(match?.namespaceSelector, namespace.metadata.labels)) &&
  fitsSelector(match?.objectSelector, review.object.metadata.labels);

const requestOf = ({ operation, resource, subresource, object, user }: Review): JsonObject => ({
  operation,
  name: object.metadata.name,
  namespace: object.metadata.namespace ?? '',
  resource: { group: resource.group, version: resource.version, resource: resource.plural },
  kind: { group: resource.group, version: resource.version, kind: resource.kind },
  subResource: subresource ?? '',
  userInfo: { username: user.user, groups: [...user.groups] },
});

/** One policy's verdict over one request: the refusal, or undefined. */
class Judgement {
  readonly #cel: Cel;
  readonly #policy: PolicySpec;
  readonly #variables: JsonObject;

  constructor(cel: Cel, policy: PolicySpec, review: Review, namespace: KubeObject | undefined) {
    this.#cel = cel;
    this.#policy = policy;
    this.#variables = {
      object: asJson(review.object),
      oldObject: review.previous === undefined ? null : asJson(review.previous),
      request: requestOf(review),
      namespaceObject: namespace === undefined ? null : asJson(namespace),
      variables: {},
    };
  }

  /** `message` and `reason` of the first validation that fails. */
  refusal(): { message: string; reason: string } | undefined {
    try {
      const isMeant = (this.#policy.matchConditions ?? []).every(
        ({ expression }) => this.#evaluate(expression) === true,
      );
      return isMeant ? this.#firstFailed() : undefined;
    } catch (error) {
      if (this.#policy.failurePolicy === 'Ignore') return undefined;
      return { message: `expression resulted in error: ${(error as Error).message}`, reason: 'Invalid' };
    }
  }

  #firstFailed(): { message: string; reason: string } | undefined {
    const variables = this.#variables.variables as JsonObject;
    for (const { name, expression } of this.#policy.variables ?? [])
      variables[name] = this.#evaluate(expression);
    const failed = this.#policy.validations?.find(({ expression }) => this.#evaluate(expression) !== true);
    if (failed === undefined) return undefined;
    const {
      expression,
      messageExpression,
      message = `failed expression: ${expression}`,
      reason = 'Invalid',
    } = failed;
    return {
      message: messageExpression === undefined ? message : String(this.#evaluate(messageExpression)),
      reason,
    };
  }

  #evaluate(expression: string): unknown {
    return this.#cel(expression, this.#variables);
  }
}

const refused = (
  resource: Resource,
  name: string,
  policy: string,
  binding: string,
  refusal: { message: string; reason: string },
) =>
  new StatusError(
    refusal.reason,
    `${qualifiedName(resource)} "${name}" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${binding}' denied request: ${refusal.message}`,
    { name, ...(resource.group && { group: resource.group }), kind: resource.plural },
  );

/** Enforces the stored ValidatingAdmissionPolicies whose bindings deny. Policies with parameters are not evaluated. */
export const admissionPolicies =
  (store: () => Store, cel: Cel): Admission =>
  (review) => {
    const { resource, object } = review;
    const namespace = resource.namespaced
      ? store().get(NAMESPACES, undefined, object.metadata.namespace ?? '')
      : undefined;
    for (const binding of store().list(ADMISSION_POLICY_BINDINGS)) {
      const { policyName, matchResources, validationActions = [] } = binding.spec as BindingSpec;
      const policy = store().get(ADMISSION_POLICIES, undefined, policyName);
      if (!isObject(policy?.spec) || !validationActions.includes('Deny')) continue;
      const spec = policy.spec as PolicySpec;
      if (!fits(spec.matchConstraints, review, namespace) || !fits(matchResources, review, namespace))
        continue;
      const refusal = new Judgement(cel, spec, review, namespace).refusal();
      if (refusal !== undefined)
        throw refused(resource, object.metadata.name, policyName, binding.metadata.name, refusal);
    }
  };
