import { AwsError, type Call } from '../service.ts';
import type { Shape } from '../wire/schema.ts';
import { evaluate, evaluateTrust } from './evaluate.ts';
import type { IamStore, Role } from './store.ts';

/** What AssumeRole was asked for. */
export interface AssumeRoleInput extends Shape {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly SourceIdentity?: string;
  readonly ExternalId?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

const refuse = ({ caller }: Call, action: string, resource: string) =>
  new AwsError(
    'AccessDenied',
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`,
    403,
  );

/** The permissions that the request needs beside AssumeRole itself. */
function actionsFor(input: AssumeRoleInput, sourceIdentity: string | undefined): readonly string[] {
  return [
    'sts:AssumeRole',
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
    ...((input.Tags ?? []).length > 0 ? ['sts:TagSession'] : []),
  ];
}

async function decide(
  iam: IamStore,
  role: Role,
  input: AssumeRoleInput,
  call: Call,
  action: string,
): Promise<boolean> {
  const { caller } = call;
  const context = await iam.context(call, input);
  const request = { action, resource: role.arn, context };
  const arns = [caller.arn, ...(caller.roleArn === undefined ? [] : [caller.roleArn])];
  const trust = evaluateTrust(role.trust, { arns, account: caller.account }, request);
  if (trust.decision !== 'allow') return false;
  const policies = caller.roleArn === undefined ? [] : (iam.role(caller.roleArn)?.policies ?? []);
  const identity = evaluate(policies, request);
  // In one account a trust policy that names the role itself is enough; a trusted account leaves it to its own policies.
  const sameAccount = role.arn.split(':')[4] === caller.account;
  return identity === 'allow' || (identity === 'implicitDeny' && trust.direct && sameAccount);
}

/**
 * Checks AssumeRole by the role's trust policy and the caller's own policies, and gives the source identity of the new
 * session. A source identity, once set, stays: a chained session can't change it (IAM User Guide, "Monitor and control
 * actions taken with assumed roles").
 * @throws AwsError AccessDenied
 */
export async function checkAssumeRole(
  iam: IamStore,
  input: AssumeRoleInput,
  call: Call,
): Promise<string | undefined> {
  const { caller } = call;
  const sourceIdentity = input.SourceIdentity ?? caller.sourceIdentity;
  if (caller.sourceIdentity !== undefined && sourceIdentity !== caller.sourceIdentity)
    throw refuse(call, 'sts:SetSourceIdentity', input.RoleArn);
  const role = iam.role(input.RoleArn);
  if (role === undefined) throw refuse(call, 'sts:AssumeRole', input.RoleArn);
  if (caller.roleArn === undefined) return sourceIdentity;
  const asked: AssumeRoleInput =
    sourceIdentity === undefined ? input : { ...input, SourceIdentity: sourceIdentity };
  for (const action of actionsFor(input, sourceIdentity))
    if (!(await decide(iam, role, asked, call, action))) throw refuse(call, action, input.RoleArn);
  return sourceIdentity;
}
