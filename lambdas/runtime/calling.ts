import { LambdaClient } from '@aws-sdk/client-lambda';
import { reuse } from './reuse.ts';

/**
 * How another function of the engine is called: once, and waited for. A call that is given up goes on over there, and a
 * second one would run beside it.
 * @param seconds the callee's own time, as far as the caller has it
 */
export const callingConfig = (seconds: number) => ({
  maxAttempts: 1,
  requestHandler: {
    requestTimeout: seconds * 1000,
    connectionTimeout: 2_000,
    throwOnRequestTimeout: true,
  },
});

/** A client that calls so. */
export const calling = (seconds: number): LambdaClient =>
  reuse(LambdaClient, `${seconds} s`, () => new LambdaClient(callingConfig(seconds)));
