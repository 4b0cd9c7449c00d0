import type { Gate } from '../attempt.ts';
import { digestOf } from '../names.ts';
import { AwsError, type Call, type Caller } from '../service.ts';
import { SERVICES } from '../wire/catalogue.ts';
import type { Shape } from '../wire/schema.ts';
import { actionsOf } from './actions.ts';
import { contextFrom, contextOf } from './context.ts';
import { evaluate } from './evaluate.ts';
import { managedPolicy } from './managed-policies.ts';
import type { PolicyDocument, RequestContext } from './policy.ts';
import { resourcesOf } from './resources.ts';

/** A role as the templates describe it. */
export interface RoleInput {
  /** `arn:aws:iam::ACCOUNT:role/NAME` */
  readonly arn: string;
  /** Who may assume it (AssumeRolePolicyDocument). */
  readonly trust: PolicyDocument;
  /** Inline policies and the documents of customer managed ones. */
  readonly policies?: readonly PolicyDocument[];
  /** ARNs of AWS managed policies. */
  readonly managedPolicyArns?: readonly string[];
}

export interface Role {
  readonly arn: string;
  readonly trust: PolicyDocument;
  readonly policies: readonly PolicyDocument[];
}

/** Temporary credentials of a session, in the environment's terms. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface SessionInput {
  readonly sessionName: string;
  readonly sourceIdentity?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Epoch milliseconds after which the keys are refused. @default never */
  readonly expiresAt?: number | undefined;
}

/** More condition keys of a call than the request itself shows: leading keys of an item, tags of a resource. */
export type MoreContext = (input: Shape, call: Call) => Promise<Readonly<Record<string, readonly string[]>>>;

const denied = new Map(SERVICES.map(({ prefix, denied }) => [prefix, denied ?? 'AccessDeniedException']));

/** A refusal in AWS's words. */
export function refusal(call: Call, action: string, resource: string, explicit: boolean): AwsError {
  const reason = explicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  const message = `User: ${call.caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  return new AwsError(denied.get(call.service) ?? 'AccessDeniedException', message);
}

/** The sandbox's IAM: roles from the templates, sessions by access key, and the decision on every call. */
export class IamStore implements Gate {
  readonly #account: string;
  readonly #roles = new Map<string, Role>();
  readonly #sessions = new Map<string, Caller>();
  readonly #expiry = new Map<string, number>();
  readonly #tags = new WeakMap<Caller, Readonly<Record<string, string>>>();
  readonly #more: Readonly<Record<string, MoreContext>>;
  #created = 0;

  /** `account`: the owner's account, in which every unknown access key acts. */
  constructor({ account, more = {} }: { account: string; more?: Readonly<Record<string, MoreContext>> }) {
    this.#account = account;
    this.#more = more;
  }

  /** Adds or replaces a role. Throws for a managed policy that the sandbox does not hold. */
  putRole({ arn, trust, policies = [], managedPolicyArns = [] }: RoleInput): void {
    this.#roles.set(arn, { arn, trust, policies: [...policies, ...managedPolicyArns.map(managedPolicy)] });
  }

  /** Adds a policy to a role that is there: templates attach policies in resources of their own. */
  attachPolicy(roleArn: string, policy: PolicyDocument): void {
    const role = this.#roles.get(roleArn);
    if (role === undefined)
      throw new Error(`role ${roleArn} is not in the sandbox: put it before its policies`);
    this.#roles.set(roleArn, { ...role, policies: [...role.policies, policy] });
  }

  role(arn: string): Role | undefined {
    return this.#roles.get(arn);
  }

  /** Credentials for a role without asking its trust policy: for the sandbox itself, which plays Lambda and Step Functions. */
  createSession(
    roleArn: string,
    { sessionName, sourceIdentity, tags = {}, expiresAt }: SessionInput,
  ): Credentials {
    const seed = `${roleArn} ${sessionName} ${++this.#created}`;
    const accessKeyId = `ASIA${digestOf(`key ${seed}`, 16).toUpperCase()}`;
    const [, , , , account = this.#account, resource = ''] = roleArn.split(':');
    const arn = `arn:aws:sts::${account}:assumed-role/${resource.split('/').at(-1)}/${sessionName}`;
    const caller: Caller = { account, roleArn, arn, sessionName, sourceIdentity };
    this.#sessions.set(accessKeyId, caller);
    this.#tags.set(caller, tags);
    if (expiresAt !== undefined) this.#expiry.set(accessKeyId, expiresAt);
    return {
      accessKeyId,
      secretAccessKey: digestOf(`secret ${seed}`, 40),
      sessionToken: digestOf(`token ${seed}`, 64),
    };
  }

  /**
   * The caller behind a key; an unknown key is the owner's, so that any dummy credentials work.
   * @throws AwsError ExpiredTokenException when `now` (epoch milliseconds) is past the session's end
   */
  resolve(accessKeyId: string, now = 0): Caller {
    if (now > (this.#expiry.get(accessKeyId) ?? Number.POSITIVE_INFINITY))
      throw new AwsError(
        'ExpiredTokenException',
        'The security token included in the request is expired',
        403,
      );
    const session = this.#sessions.get(accessKeyId);
    if (session !== undefined) return session;
    const arn = `arn:aws:iam::${this.#account}:user/owner`;
    return {
      account: this.#account,
      roleArn: undefined,
      arn,
      sessionName: undefined,
      sourceIdentity: undefined,
    };
  }

  /** The condition keys of a call. */
  async context(call: Call, input: Shape): Promise<RequestContext> {
    const more = await this.#more[call.service]?.(input, call);
    const own = contextOf(call, input, this.#tags.get(call.caller));
    return more === undefined ? own : { ...own, ...contextFrom(more) };
  }

  /** Decides by the caller's identity policies; the owner may do everything. @throws AwsError, the service's refusal. */
  async authorize(call: Call, input: Shape): Promise<void> {
    const { roleArn } = call.caller;
    // STS decides AssumeRole itself, with the trust policy; GetCallerIdentity needs no permission.
    if (roleArn === undefined || call.service === 'sts') return;
    const policies = this.#roles.get(roleArn)?.policies ?? [];
    const context = await this.context(call, input);
    for (const action of actionsOf(call)) {
      for (const resource of await resourcesOf(action, input, call)) {
        const decision = evaluate(policies, { action, resource, context });
        if (decision !== 'allow') throw refusal(call, action, resource, decision === 'explicitDeny');
      }
    }
  }
}
