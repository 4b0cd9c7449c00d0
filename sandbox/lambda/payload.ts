import { AwsError } from '../aws/service.ts';
import { responseTooLarge } from './function-error.ts';
import type { Outcome } from './worker.ts';

/** Bytes of a request or an answer of a synchronous invocation: 6 MB (Lambda quotas). */
const PAYLOAD_LIMIT = 6 * 1024 * 1024;
/** Bytes of an event: 1 MB (Lambda quotas, since October 2025). */
const EVENT_LIMIT = 1024 * 1024;

/** @throws AwsError RequestTooLargeException, InvalidRequestContentException */
export const checkPayload = (
  payload: string,
  type: 'Event' | 'RequestResponse' = 'RequestResponse',
): void => {
  const limit = type === 'Event' ? EVENT_LIMIT : PAYLOAD_LIMIT;
  if (Buffer.byteLength(payload) > limit) {
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
      413,
    );
  }
  try {
    JSON.parse(payload);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
      400,
    );
  }
};

/** The outcome, or the function's failure where its answer is longer than Lambda carries. */
export const limited = (outcome: Outcome): Outcome => {
  const bytes = Buffer.byteLength(outcome.payload);
  return bytes > PAYLOAD_LIMIT
    ? { payload: JSON.stringify(responseTooLarge(bytes, PAYLOAD_LIMIT)), failed: true }
    : outcome;
};
