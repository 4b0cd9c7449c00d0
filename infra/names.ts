import { createHash } from 'node:crypto';

/**
 * Names that are fixed, so that a service stack, a function's environment and the command line can build an ARN
 * without importing it: importing would tie the stacks' deployments together, and the machine to its own functions.
 */
export const ENGINE = {
  stateMachine: 'stepcanary-rollout',
  table: 'stepcanary',
  topic: 'stepcanary',
  undelivered: 'stepcanary-undelivered',
  /** IAM paths: trust and permissions are given by path, as role names are CloudFormation's. */
  enginePath: '/stepcanary/engine/',
  machinePath: '/stepcanary/machine/',
  servicePath: '/stepcanary/service/',
  /** Start of every rule that may call `start-rollout`. */
  rulePrefix: 'stepcanary-',
  /** Source of the events by which others ask for a release. */
  eventSource: 'stepcanary',
  /** Namespace of the product's own metrics; Powertools adds the dimension `service` with the same word. */
  metrics: 'stepcanary',
} as const;

/** `shift-traffic` as AWS Lambda knows it. */
export const functionName = (name: string): string => `stepcanary-${name}`;

/** `shift-traffic` as construct ids and the definition's substitutions say it: `ShiftTraffic`. */
export const pascalCase = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** The substitution of a state function in `statemachine/rollout.asl.json`. */
export const substitutionOf = (name: string): string => `${pascalCase(name)}FunctionArn`;

export const engineStackName = (region: string): string => `stepcanary-engine-${region}`;

/** Dashboards of all regions share one list in an account (CloudWatch), so the name has the region. */
export const dashboardName = (region: string): string => `stepcanary-${region}`;

/** A service in a target, as people and tables name it. */
export const serviceAtTarget = (spec: { service: string; target: string }): string =>
  `${spec.service}@${spec.target}`;

/** CloudFormation takes letters, digits and dashes only. */
export const serviceStackName = (spec: { service: string; target: string }): string =>
  `stepcanary-${spec.service}-${spec.target}`;

/** Where a service's spec stands as data: `start-rollout` and the command line read it by the service's name. */
export const parameterName = (spec: { service: string; target: string }): string =>
  `/stepcanary/${spec.target}/${spec.service}`;

/** The Kubernetes group of a service's role: RBAC and admission policy are bound to it. */
export const kubernetesGroup = (spec: { service: string; workload: { namespace: string } }): string =>
  `stepcanary:${spec.workload.namespace}:${spec.service}`;

/** A rule's name has at most 64 characters (EventBridge PutRule); longer ones end in a hash of the whole. */
const RULE_LENGTH = 64;
const HASH_LENGTH = 8;

/** The name of the rule that starts a service's rollouts. */
export const ruleName = (spec: { service: string; target: string }): string => {
  return ruleOf(`${ENGINE.rulePrefix}${spec.service}-${spec.target}`);
};

/** The name of the rule that looks each minute whether somebody has changed its canary's pod template. */
export const templateRuleName = (spec: { service: string; target: string }): string =>
  ruleOf(`${ENGINE.rulePrefix}${spec.service}-${spec.target}-template`);

const ruleOf = (whole: string): string => {
  if (whole.length <= RULE_LENGTH) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, HASH_LENGTH);
  return `${whole.slice(0, RULE_LENGTH - HASH_LENGTH - 1)}-${hash}`;
};
