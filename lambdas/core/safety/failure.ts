import { ErrorName } from '../errors.ts';
import type { Caught, Failure } from '../tasks.ts';

/** The message inside a Lambda function's error, which Step Functions gives as JSON text; any other text as it is. */
const messageIn = (cause: string): string => {
  try {
    const parsed: unknown = JSON.parse(cause);
    const message = (parsed as { errorMessage?: unknown } | null)?.errorMessage;
    return typeof message === 'string' ? message : cause;
  } catch {
    return cause;
  }
};

/** What a person reads where a platform error has no words of its own. */
const WORDS: Readonly<Record<string, string>> = {
  'States.Timeout': 'a step took longer than its time-out',
  'Sandbox.Timedout': 'a function took longer than its time-out',
  'Lambda.Unknown': 'a function died before it could answer',
  'Runtime.ExitError': 'a function died before it could answer',
};

/** A caught error or a verdict as a sentence for people. */
export const readable = ({ Error: error, Cause: cause = '' }: Caught): Failure => {
  const message = messageIn(cause).trim();
  if (error === ErrorName.RolledBack) return { error, reason: message };
  const words = [WORDS[error], message].filter((part) => part !== undefined && part !== '').join(': ');
  return { error, reason: words === '' ? `the rollout was stopped by ${error}` : words };
};

/** The reason that was given, else what was caught, in words. */
export const reasonOf = ({ reason, failure }: { reason: string; failure?: Caught }): string =>
  reason.trim() === '' && failure !== undefined ? readable(failure).reason : reason;
