/** One statement of an IAM policy, as JSON has it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
  readonly Condition?: Conditions;
}

/** Who a trust policy means: `*`, or ARNs, account numbers and services by kind. */
export type Principal = '*' | Readonly<Record<string, string | readonly string[]>>;

/** `{ StringEquals: { 'aws:PrincipalArn': 'arn:…' } }` */
export type Conditions = Readonly<Record<string, Readonly<Record<string, ConditionValue>>>>;
type Plain = string | number | boolean;
export type ConditionValue = Plain | readonly Plain[];

/** An identity policy or a trust policy. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: Statement | readonly Statement[];
}

/** The values of condition keys in a request, by the key in lower case. A key that is missing is not there at all. */
export type RequestContext = Readonly<Record<string, readonly string[]>>;

/** JSON's "one or several" as several. */
export const several = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];
