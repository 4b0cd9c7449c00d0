import type { Call } from '../service.ts';
import { isShape, type Shape } from '../wire/schema.ts';
import type { RequestContext } from './policy.ts';

/** Condition keys of a call, before their names are put in lower case. */
type Keys = Record<string, readonly string[] | string | undefined>;

/** Tags of a request come as a list of pairs or as a map, the names in either case. */
function tagsOf(input: Shape): Readonly<Record<string, string>> {
  const tags = input.tags ?? input.Tags;
  if (Array.isArray(tags))
    return Object.fromEntries(tags.map((tag: Shape) => [tag.key ?? tag.Key, tag.value ?? tag.Value ?? '']));
  return isShape(tags) ? (tags as Record<string, string>) : {};
}

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const one = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Condition keys of single services, as the Service Authorization Reference lists them. */
const OF_SERVICE: Readonly<Record<string, (input: Shape) => Keys>> = {
  cloudwatch: ({ Namespace }) => ({ 'cloudwatch:namespace': one(Namespace) }),
  eks: ({ clusterName, principalArn, kubernetesGroups, type, username }) => ({
    'eks:clusterName': one(clusterName),
    'eks:principalArn': one(principalArn),
    'eks:kubernetesGroups': kubernetesGroups === undefined ? undefined : list(kubernetesGroups),
    'eks:accessEntryType': one(type),
    'eks:username': one(username),
  }),
  events: ({ Entries }) => {
    const entries = Array.isArray(Entries) ? (Entries as Shape[]) : [];
    return {
      'events:source': entries.map(({ Source }) => String(Source)),
      'events:detail-type': entries.map(({ DetailType }) => String(DetailType)),
    };
  },
  sns: ({ Protocol, Endpoint }) => ({ 'sns:Protocol': one(Protocol), 'sns:Endpoint': one(Endpoint) }),
  ssm: ({ Recursive }) => ({ 'ssm:Recursive': Recursive === undefined ? undefined : String(Recursive) }),
  states: ({ stateMachineArn }) => ({
    'states:StateMachineQualifier': one(stateMachineArn)?.split(':')[7],
  }),
  sts: ({ RoleSessionName, SourceIdentity, ExternalId, TransitiveTagKeys }) => ({
    'sts:RoleSessionName': one(RoleSessionName),
    'sts:SourceIdentity': one(SourceIdentity),
    'sts:ExternalId': one(ExternalId),
    'sts:TransitiveTagKeys': TransitiveTagKeys === undefined ? undefined : list(TransitiveTagKeys),
  }),
};

function globalKeys(call: Call, sessionTags: Readonly<Record<string, string>>): Keys {
  const { caller, now, region, account } = call;
  return {
    'aws:PrincipalArn': caller.roleArn ?? caller.arn,
    'aws:PrincipalAccount': caller.account,
    'aws:PrincipalType': caller.roleArn === undefined ? 'User' : 'AssumedRole',
    'aws:SourceIdentity': caller.sourceIdentity,
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': account,
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
    'aws:PrincipalIsAWSService': 'false',
    ...Object.fromEntries(
      Object.entries(sessionTags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]),
    ),
  };
}

/** Puts names in lower case, makes every value a list, drops what is not there. */
export const contextFrom = (keys: Keys): RequestContext =>
  Object.fromEntries(
    Object.entries(keys).flatMap(([key, value]) =>
      value === undefined ? [] : [[key.toLowerCase(), typeof value === 'string' ? [value] : value]],
    ),
  );

/** The condition keys that a call has, global ones and its service's. */
export function contextOf(
  call: Call,
  input: Shape,
  sessionTags: Readonly<Record<string, string>> = {},
): RequestContext {
  const tags = tagsOf(input);
  const tagKeys = Object.keys(tags);
  return contextFrom({
    ...globalKeys(call, sessionTags),
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': tagKeys.length > 0 ? tagKeys : undefined,
    ...OF_SERVICE[call.service]?.(input),
  });
}
