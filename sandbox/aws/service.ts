/** Who calls: taken from the access key in the request's SigV4 header. */
export interface Caller {
  readonly account: string;
  /** The role whose policies decide, as an IAM role ARN; undefined for the sandbox's owner, who may do everything. */
  readonly roleArn: string | undefined;
  /** `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`, or the owner's user ARN. */
  readonly arn: string;
  /** The name given to AssumeRole: for a rollout's own calls, the execution's name. */
  readonly sessionName: string | undefined;
  readonly sourceIdentity: string | undefined;
}

/** One API call, as a behaviour sees it beside its decoded input. */
export interface Call {
  /** The service's IAM prefix: `appmesh`, `states`, `monitoring` is `cloudwatch`. */
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  /** The account that the caller acts in. */
  readonly account: string;
  readonly caller: Caller;
  /** Epoch milliseconds, in the sandbox's time. */
  readonly now: number;
}

/** What an operation does: decoded input in, output out (both in the SDK's shapes), an AwsError for a refusal. */
// biome-ignore lint/suspicious/noExplicitAny: inputs are validated against the SDK's own schema before they come here.
export type Behaviour = (input: any, call: Call) => unknown;

/** The operations of one service that are implemented; every other answers 501 with its name. */
export type Behaviours = Readonly<Record<string, Behaviour>>;

/** An error as the service would answer it: `name` is the error's name on the wire. */
export class AwsError extends Error {
  override readonly name: string;
  /** HTTP status, where the service's schema does not say one for this name. */
  readonly status: number | undefined;

  constructor(name: string, message: string, status?: number) {
    super(message);
    this.name = name;
    this.status = status;
  }
}
