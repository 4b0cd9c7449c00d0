import { conditionsHold } from './conditions.ts';
import {
  type PolicyDocument,
  type Principal,
  type RequestContext,
  type Statement,
  several,
} from './policy.ts';
import { matchesWildcards, withVariables } from './wildcards.ts';

/** What is asked: one action on one resource. */
export interface AccessRequest {
  /** `appmesh:UpdateRoute` */
  readonly action: string;
  /** An ARN, or `*` for an action that knows no resources. */
  readonly resource: string;
  readonly context: RequestContext;
}

export type Decision = 'allow' | 'explicitDeny' | 'implicitDeny';

const actionMatches = ({ Action, NotAction }: Statement, action: string): boolean =>
  NotAction === undefined
    ? several(Action).some((pattern) => matchesWildcards(pattern, action, true))
    : !several(NotAction).some((pattern) => matchesWildcards(pattern, action, true));

function resourceMatches(
  { Resource, NotResource }: Statement,
  { resource, context }: AccessRequest,
): boolean {
  // Trust policies name no resource: theirs is the role that they belong to.
  if (Resource === undefined && NotResource === undefined) return true;
  const filled = several(NotResource ?? Resource).map((pattern) => withVariables(pattern, context));
  const covered = filled.some((pattern) => pattern !== undefined && matchesWildcards(pattern, resource));
  // A variable without a value says nothing: neither that the resource is meant nor that it is not.
  return NotResource === undefined ? covered : !covered && !filled.includes(undefined);
}

function outcome(statements: readonly Statement[]): Decision {
  if (statements.some(({ Effect }) => Effect === 'Deny')) return 'explicitDeny';
  return statements.length > 0 ? 'allow' : 'implicitDeny';
}

const applies = (statement: Statement, request: AccessRequest): boolean =>
  actionMatches(statement, request.action) &&
  resourceMatches(statement, request) &&
  conditionsHold(statement.Condition, request.context);

/** What identity policies say: a Deny anywhere wins, else an Allow anywhere is needed. */
export const evaluate = (policies: readonly PolicyDocument[], request: AccessRequest): Decision =>
  outcome(policies.flatMap(({ Statement }) => several(Statement).filter((item) => applies(item, request))));

/** The names that a trust policy may use for one caller. */
export interface TrustedAs {
  /** The role's and the session's ARN. */
  readonly arns: readonly string[];
  readonly account: string;
  /** `lambda.amazonaws.com`, when a service assumes the role. */
  readonly service?: string;
}

function principalMatches(
  principal: Principal | undefined,
  caller: TrustedAs,
): { matches: boolean; direct: boolean } {
  if (principal === undefined) return { matches: false, direct: false };
  if (principal === '*') return { matches: true, direct: false };
  const aws = several(principal.AWS);
  const direct = aws.some((name) => caller.arns.includes(name));
  const wholeAccount = [caller.account, `arn:aws:iam::${caller.account}:root`, '*'];
  const service = caller.service !== undefined && several(principal.Service).includes(caller.service);
  return { matches: direct || service || aws.some((name) => wholeAccount.includes(name)), direct };
}

/** A trust policy's word on a caller; `direct` when an Allow names the caller itself, not its whole account. */
export function evaluateTrust(
  trust: PolicyDocument,
  caller: TrustedAs,
  request: AccessRequest,
): { readonly decision: Decision; readonly direct: boolean } {
  const matching = several(trust.Statement).filter(({ Principal, NotPrincipal, ...rest }) => {
    const meant =
      NotPrincipal === undefined
        ? principalMatches(Principal, caller).matches
        : !principalMatches(NotPrincipal, caller).matches;
    return meant && applies(rest, request);
  });
  const direct = matching.some(
    ({ Effect, Principal }) => Effect === 'Allow' && principalMatches(Principal, caller).direct,
  );
  return { decision: outcome(matching), direct };
}
