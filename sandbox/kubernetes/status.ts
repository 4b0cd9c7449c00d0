import type { JsonObject } from './objects.ts';
import { qualifiedName, type Resource } from './resources.ts';

/** HTTP status per reason of a Kubernetes `Status`. */
const CODES = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServerTimeout: 500,
  NotImplemented: 501,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

export type Reason = keyof typeof CODES;

/** A refusal as the API server words it: becomes a `Status` object on the wire. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly reason: string;
  readonly details: JsonObject | undefined;

  constructor(reason: string, message: string, details?: JsonObject) {
    super(message);
    this.reason = reason;
    this.details = details;
  }

  /** HTTP status; 500 for a reason that Kubernetes does not know. */
  get code(): number {
    return CODES[this.reason as Reason] ?? 500;
  }

  toStatus(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

const detailsOf = (resource: Resource, name: string): JsonObject => ({
  name,
  ...(resource.group && { group: resource.group }),
  kind: resource.plural,
});

export const notFound = (resource: Resource, name: string) =>
  new StatusError('NotFound', `${qualifiedName(resource)} "${name}" not found`, detailsOf(resource, name));

export const alreadyExists = (resource: Resource, name: string) =>
  new StatusError(
    'AlreadyExists',
    `${qualifiedName(resource)} "${name}" already exists`,
    detailsOf(resource, name),
  );

export const staleVersion = (resource: Resource, name: string) =>
  new StatusError(
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    detailsOf(resource, name),
  );

export const badRequest = (message: string) => new StatusError('BadRequest', message);

/** One field's problem in an `Invalid` answer. */
export interface Problem {
  readonly field: string;
  readonly message: string;
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueDuplicate';
}

export const invalid = (resource: Resource, name: string, problems: readonly Problem[]) => {
  const texts = problems.map(({ field, message }) => `${field}: ${message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const title = `${resource.kind}${resource.group ? `.${resource.group}` : ''} "${name}" is invalid: ${list}`;
  return new StatusError('Invalid', title, {
    ...detailsOf(resource, name),
    kind: resource.kind,
    causes: problems,
  });
};

/** An armed fault as the answer that a server in that state gives: 429 says when to come back. */
export const faultStatus = (reason: string) =>
  new StatusError(
    reason,
    FAULT_MESSAGES[reason] ?? `the server answered ${reason}`,
    reason === 'TooManyRequests' ? { retryAfterSeconds: 1 } : undefined,
  );

const FAULT_MESSAGES: { readonly [reason: string]: string } = {
  TooManyRequests: 'the server has received too many requests and has asked us to try again later',
  ServiceUnavailable: 'the server is currently unable to handle the request',
  InternalError: 'Internal error occurred: etcdserver: request timed out',
  Unauthorized: 'Unauthorized',
  Timeout: 'Timeout: request did not complete within the allotted timeout',
  Conflict:
    'Operation cannot be fulfilled on the object: the object has been modified; please apply your changes to the latest version and try again',
};
