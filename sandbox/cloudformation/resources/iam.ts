import type { PolicyDocument } from '../../aws/iam/policy.ts';
import type { IamStore } from '../../aws/iam/store.ts';
import { fields, items, needed, type ResourceContext, type ResourceProviders, text } from '../provider.ts';
import type { Fields } from '../template.ts';

const documentOf = (properties: Fields, name = 'PolicyDocument'): PolicyDocument =>
  fields(properties, name) as unknown as PolicyDocument;

/** Roles and their policies, which decide every call of the sandbox. */
export const iamResources = (iam: IamStore): ResourceProviders => {
  const roleArns = new Map<string, string>();
  const customerManaged = new Map<string, PolicyDocument>();

  const attach = (roles: readonly unknown[], policy: PolicyDocument) => {
    for (const role of roles) {
      const arn = roleArns.get(String(role));
      if (arn === undefined) throw new Error(`role ${role} is not in the assembly`);
      iam.attachPolicy(arn, policy);
    }
  };

  const createRole = (properties: Fields, { name, logicalId, account }: ResourceContext) => {
    const roleName = name(properties.RoleName, 64);
    const arn = `arn:aws:iam::${account}:role${text(properties, 'Path') ?? '/'}${roleName}`;
    const managed = items(properties, 'ManagedPolicyArns').map(String);
    const inline = items(properties, 'Policies').map((policy) => documentOf(policy as Fields));
    iam.putRole({
      arn,
      trust: documentOf(properties, 'AssumeRolePolicyDocument'),
      policies: [...inline, ...managed.flatMap((policy) => customerManaged.get(policy) ?? [])],
      managedPolicyArns: managed.filter((policy) => !customerManaged.has(policy)),
    });
    roleArns.set(roleName, arn);
    return { ref: roleName, attributes: { Arn: arn, RoleId: `AROA${logicalId}` } };
  };

  const createManagedPolicy = (properties: Fields, { name, account }: ResourceContext) => {
    const policyName = name(properties.ManagedPolicyName, 128);
    const arn = `arn:aws:iam::${account}:policy${text(properties, 'Path') ?? '/'}${policyName}`;
    customerManaged.set(arn, documentOf(properties));
    attach(items(properties, 'Roles'), documentOf(properties));
    return { ref: arn, attributes: { PolicyArn: arn } };
  };

  return {
    'AWS::IAM::Role': createRole,
    'AWS::IAM::ManagedPolicy': createManagedPolicy,
    'AWS::IAM::Policy': (properties) => {
      attach(items(properties, 'Roles'), documentOf(properties));
      return { ref: needed(properties, 'PolicyName') };
    },
  };
};
