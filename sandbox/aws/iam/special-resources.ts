import { accessEntryArn, arnOf, resourceOfArn, secretArn } from '../names.ts';
import type { Call } from '../service.ts';
import { isShape, type Shape } from '../wire/schema.ts';

/** The ARNs that a call touches where the templates of the authorization data can't say; undefined where they can. */
type Rule = (input: Shape, call: Call) => readonly string[] | undefined;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => text(item)) : [];
const isArn = (value: string): boolean => value.startsWith('arn:');

const own = ({ service, region, account }: Call, resource: string): string =>
  arnOf(service, region, account, resource);

/** Members that hold the resource's ARN itself. */
const byArnMember =
  (...members: string[]): Rule =>
  (input) => {
    const arns = members.flatMap((member) => text(input[member]) ?? []).filter(isArn);
    return arns.length > 0 ? arns : undefined;
  };

const WEIGHTED = ['httpRoute', 'http2Route', 'tcpRoute', 'grpcRoute'];

/** UpdateRoute and CreateRoute are decided on the route and on every virtual node that it sends to. */
function appMesh(input: Shape, { region, account }: Call): readonly string[] | undefined {
  const { spec, meshName, virtualRouterName, routeName, meshOwner } = input;
  if (text(routeName) === undefined || !isShape(spec)) return undefined;
  const kinds = WEIGHTED.map((kind) => spec[kind]).filter(isShape);
  const targets = kinds.flatMap(({ action }) =>
    isShape(action) && Array.isArray(action.weightedTargets) ? action.weightedTargets : [],
  );
  const mesh = `mesh/${meshName}`;
  const owner = text(meshOwner) ?? account;
  const nodes = targets.map(({ virtualNode }: Shape) => `${mesh}/virtualNode/${virtualNode}`);
  const resources = [`${mesh}/virtualRouter/${virtualRouterName}/route/${routeName}`, ...new Set(nodes)];
  return resources.map((resource) => arnOf('appmesh', region, owner, resource));
}

/** A function by name, `name:qualifier`, partial or whole ARN; a qualifier is part of the resource. */
const lambda: Rule = ({ FunctionName, Qualifier }, call) => {
  const given = text(FunctionName);
  if (given === undefined) return undefined;
  const name = given.replace(/^(arn:aws:lambda:[^:]*:)?(\d{12}:)?function:/, '');
  const qualifier = text(Qualifier);
  const account = /:(\d{12}):function:|^(\d{12}):function:/.exec(given);
  const resource = `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`;
  return [arnOf('lambda', call.region, account?.[1] ?? account?.[2] ?? call.account, resource)];
};

const ssm: Rule = ({ Name, Names, Path }, call) => {
  const names = [...texts(Names), ...[Name, Path].flatMap((value) => text(value) ?? [])];
  const plain = names.map((name) => (isArn(name) ? name : own(call, `parameter/${name.replace(/^\//, '')}`)));
  return plain.length > 0 ? plain : undefined;
};

const secrets: Rule = ({ SecretId, Name }, call) => {
  const given = text(SecretId) ?? text(Name);
  if (given === undefined) return undefined;
  const whole = /:secret:.+-[0-9a-zA-Z]{6}$/.test(given);
  return [whole ? given : secretArn(call.region, call.account, resourceOfArn(given).replace(/^secret:/, ''))];
};

/** Tables by name or ARN, indexes of their own, and the tables of a batch. */
const dynamodb: Rule = ({ TableName, IndexName, RequestItems }, call) => {
  const arn = (name: string) => (isArn(name) ? name : own(call, `table/${name}`));
  if (isShape(RequestItems)) return Object.keys(RequestItems).map(arn);
  const table = text(TableName);
  if (table === undefined) return undefined;
  const index = text(IndexName);
  return [index === undefined ? arn(table) : `${arn(table)}/index/${index}`];
};

/** Versions and aliases are decided on the state machine itself (the qualifier is a condition key). */
const states: Rule = (input, call) => {
  const machine = text(input.stateMachineArn);
  if (machine === undefined || !call.operation.startsWith('Start'))
    return byArnMember('executionArn', 'stateMachineArn')(input, call);
  return [machine.split(':').slice(0, 7).join(':')];
};

const events: Rule = (input, call) => {
  const bus = (name: unknown) => resourceOfArn(text(name) ?? 'default').replace(/^event-bus\//, '');
  if (Array.isArray(input.Entries)) {
    const buses = input.Entries.map((entry: Shape) => own(call, `event-bus/${bus(entry.EventBusName)}`));
    return [...new Set(buses)];
  }
  const rule = text(input.Rule) ?? text(input.Name);
  if (rule === undefined || !/Rule|Targets/.test(call.operation)) return undefined;
  const busName = bus(input.EventBusName);
  return [own(call, busName === 'default' ? `rule/${rule}` : `rule/${busName}/${rule}`)];
};

const eks: Rule = ({ name, clusterName, principalArn }, call) => {
  const cluster = text(clusterName) ?? text(name);
  if (cluster === undefined) return undefined;
  const principal = text(principalArn);
  return principal === undefined || call.operation === 'CreateAccessEntry'
    ? [own(call, `cluster/${cluster}`)]
    : [accessEntryArn(call.region, call.account, cluster, principal)];
};

const ecr: Rule = ({ repositoryName, repositoryNames, registryId }, { region, account }) => {
  const names = [
    ...texts(repositoryNames),
    ...(text(repositoryName) === undefined ? [] : [String(repositoryName)]),
  ];
  const owner = text(registryId) ?? account;
  return names.length === 0
    ? undefined
    : names.map((name) => arnOf('ecr', region, owner, `repository/${name}`));
};

/** CloudWatch Logs decides on the group with the stream's part behind it, also where the stream is not named. */
const logs: Rule = ({ logGroupName, logGroupIdentifier, logStreamName }, call) => {
  const group = text(logGroupName) ?? text(logGroupIdentifier);
  if (group === undefined) return undefined;
  const name = resourceOfArn(group)
    .replace(/^log-group:/, '')
    .replace(/:\*$/, '');
  return [own(call, `log-group:${name}:log-stream:${text(logStreamName) ?? ''}`)];
};

/** SNS: ARNs where given; a subscription is decided on its topic. */
const sns: Rule = (input, call) => {
  const [arn] = byArnMember('TopicArn', 'TargetArn', 'ResourceArn', 'SubscriptionArn')(input, call) ?? [];
  if (arn !== undefined) return [arn.split(':').slice(0, 6).join(':')];
  const name = text(input.Name);
  return name === undefined ? undefined : [own(call, name)];
};

const RULES: Readonly<Record<string, Rule>> = {
  appmesh: appMesh,
  dynamodb,
  ecr,
  eks,
  events,
  lambda,
  logs,
  secretsmanager: secrets,
  sns,
  ssm,
  states,
};

/** The resources of a call by a rule of its service; undefined when the service's templates decide. */
export const specialResources = (call: Call, input: Shape): readonly string[] | undefined =>
  RULES[call.service]?.(input, call) ?? byArnMember('resourceArn', 'ResourceARN')(input, call);
