import { AwsError } from '../service.ts';
import type { Model } from './model.ts';
import { isShape, type Shape } from './schema.ts';
import { type Failure, UnreadableBody } from './wire.ts';

/** Statuses of the errors that every service may answer with and no schema names. Source: AWS's "Common Errors". */
const COMMON: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  AuthorizationErrorException: 403,
  ExpiredToken: 403,
  InternalFailure: 500,
  InternalServerError: 500,
  InternalServerException: 500,
  MissingAuthenticationToken: 403,
  RequestLimitExceeded: 400,
  ServiceUnavailable: 503,
  ServiceUnavailableException: 503,
  Throttling: 400,
  ThrottlingException: 400,
  TooManyRequestsException: 429,
};

/** IAM's refusal, where the schema does not name it, is a 403 of REST services and a 400 of the others. */
const refusalStatus = (model: Model | undefined): number =>
  model?.operations.values().next().value?.http === undefined ? 400 : 403;

/** The status of an error that the schema does not name. */
const commonStatus = (name: string, model: Model | undefined): number =>
  name === 'AccessDeniedException' ? refusalStatus(model) : (COMMON[name] ?? 400);

/** Members that an AwsError carries beside name, message and status. */
function membersOfError(error: AwsError): Shape {
  const {
    name: _name,
    message: _message,
    status: _status,
    stack: _stack,
    ...rest
  } = error as AwsError & Shape;
  return isShape(rest) ? rest : {};
}

/** An error as it goes over the wire: an AwsError by its name in the schema, anything else as a fault of ours. */
export function failureOf(error: unknown, model: Model | undefined): Failure {
  // URIError: a path whose percent-encoding is broken.
  if (error instanceof UnreadableBody || error instanceof URIError)
    return {
      name: 'SerializationException',
      code: 'SerializationException',
      status: 400,
      fault: 'client',
      message: error.message,
      members: {},
    };
  if (!(error instanceof AwsError)) {
    const message = `The sandbox failed: ${error instanceof Error ? error.message : String(error)}`;
    return {
      name: 'InternalFailure',
      code: 'InternalFailure',
      status: 500,
      fault: 'server',
      message,
      members: {},
    };
  }
  const shape = model?.errors.get(error.name) ?? byCode(model, error.name);
  const status = error.status ?? shape?.status ?? commonStatus(error.name, model);
  return {
    name: shape?.name ?? error.name,
    code: shape?.code ?? error.name,
    status,
    fault: shape?.fault ?? (status >= 500 ? 'server' : 'client'),
    message: error.message,
    members: membersOfError(error),
  };
}

const byCode = (model: Model | undefined, code: string) =>
  model === undefined ? undefined : [...model.errors.values()].find((shape) => shape.code === code);
