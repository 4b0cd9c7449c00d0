/** Every error name that a state of the machine matches or that a rollout ends with. Literal, so that minifying keeps them. */
export const ErrorName = {
  /** Another rollout of the same service holds the claim. Never retried; nothing was touched. */
  Busy: 'Canary.Busy',
  /** The preflight found what would make the rollout fail or fight another owner. Never retried; nothing was touched. */
  Refused: 'Canary.Refused',
  /** A throttle, a 5xx, a connection lost: the same call may succeed later. Retried, then handled as its phase says. */
  Transient: 'Canary.Transient',
  /** Pods cannot become ready: image, crash loop, sidecar, deadline. Never retried: rolls back, or fails the promotion. */
  PodsFailed: 'Canary.PodsFailed',
  /** The claim belongs to somebody else by now. Never retried: this execution must write nothing more. */
  Fenced: 'Canary.Fenced',
  /** A person aborted the rollout before the primary was about to change. Never retried: rolls back. */
  Aborted: 'Canary.Aborted',
  /** The route is not as the spec says (our targets missing, a third one with weight). Never retried: rolls back. */
  RouteChanged: 'Canary.RouteChanged',
  /** The input is not a rollout. Never retried. */
  InvalidInput: 'Canary.InvalidInput',
  /** Access refused by AWS or Kubernetes. Never retried. */
  AccessDenied: 'Canary.AccessDenied',

  /** How an execution ends in Fail. */
  RolledBack: 'Canary.RolledBack',
  Rejected: 'Canary.Rejected',
  Superseded: 'Canary.Superseded',
  PromotionFailed: 'Canary.PromotionFailed',
  RestoreFailed: 'Canary.RestoreFailed',
} as const;

export type ErrorName = (typeof ErrorName)[keyof typeof ErrorName];

/** The one error class of the product: its name is what the state machine matches, its message is for people. */
export class CanaryError extends Error {
  override readonly name: ErrorName;

  constructor(name: ErrorName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** Whether the error is one of ours, of any of the names given (any name when none is given). */
export const isCanaryError = (error: unknown, ...names: ErrorName[]): error is CanaryError =>
  error instanceof CanaryError && (names.length === 0 || names.includes(error.name));
