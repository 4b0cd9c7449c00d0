import { CanaryError, ErrorName } from '../core/errors.ts';

const DENIED =
  /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized|ForbiddenException|AuthorizationError(Exception)?)$/;
const THROTTLED = /Throttl|TooManyRequests|LimitExceeded|ProvisionedThroughputExceeded|SlowDown|RequestLimit/;
const NETWORK =
  /^(ECONN\w+|EPIPE|EAI_AGAIN|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|TimeoutError|RequestTimeout\w*|NetworkingError|AbortError)$/;

interface AwsShaped {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $retryable?: object;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const nameFor = (error: AwsShaped): ErrorName | undefined => {
  const name = error.name ?? '';
  const status = error.$metadata?.httpStatusCode ?? 0;
  if (DENIED.test(name) || status === 403) return ErrorName.AccessDenied;
  if (error.$retryable !== undefined || THROTTLED.test(name) || status === 429 || status >= 500)
    return ErrorName.Transient;
  if (NETWORK.test(name) || NETWORK.test(error.code ?? '')) return ErrorName.Transient;
  return undefined;
};

/**
 * Turns an AWS SDK error into ours and throws it: refused access becomes Canary.AccessDenied, throttles, 5xx and lost
 * connections Canary.Transient. Any other error goes on unchanged, for the caller knows what it means.
 * @param doing what was tried, as in "read the route podinfo"
 */
export const fromAws =
  (doing: string) =>
  (error: unknown): never => {
    const shaped = error as AwsShaped;
    const name = error instanceof CanaryError ? undefined : nameFor(shaped);
    if (name === undefined) throw error;
    throw new CanaryError(name, `could not ${doing}: ${shaped.name}: ${shaped.message}`, { cause: error });
  };
