import type { Outcome } from './worker.ts';

/** What a failed invocation answers, as the Lambda developer guide shows it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** The outcome of an invocation that ended with this error. */
export const failure = (error: FunctionError): Outcome => ({ payload: JSON.stringify(error), failed: true });

/** The error, as JSON text, of a function that could not be loaded for a reason which is not its own error. */
export const initFailed = (reason: string): string =>
  JSON.stringify({ errorType: 'Runtime.InitError', errorMessage: `Init failed: ${reason}` });

/** The function ran longer than its time-out: the runtime was ended in the middle of its work. */
export const timedOut = (requestId: string, seconds: number): FunctionError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
});

/** The runtime's process ended without an answer. */
export const exited = (requestId: string, code: number | null, signal: string | null): FunctionError => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: ${requestId} Error: ${exitReason(code, signal)}`,
});

const exitReason = (code: number | null, signal: string | null): string => {
  if (signal !== null)
    return `Runtime exited with error: signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  return code === 0
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${code}`;
};

/** An answer above the limit of 6 MB for a synchronous invocation (Lambda quotas). */
export const responseTooLarge = (bytes: number, limit: number): FunctionError => ({
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${limit} bytes).`,
});
