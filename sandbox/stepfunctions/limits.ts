import { StateFailure } from './failure.ts';

/** Longest input, output or result of a state, in bytes of UTF-8 (Step Functions quotas: 256 KiB). */
export const maximumPayload = 262_144;

/** The value as JSON text; fails the state when it is longer than AWS carries between states. */
export const payloadText = (value: unknown, what: string): string => {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maximumPayload) {
    throw new StateFailure(
      'States.DataLimitExceeded',
      `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    );
  }
  return text;
};
