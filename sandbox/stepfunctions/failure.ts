/** What a Task's call ends with when it fails: the names that Retry and Catch match, and the cause people read. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  readonly error: string;
  readonly reason: string | undefined;

  constructor(error: string, cause?: string) {
    super(cause === undefined ? error : `${error}: ${cause}`);
    this.error = error;
    this.reason = cause;
  }
}

/** Why a state failed, on its way to Retry, Catch and the end of the execution. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  /** Undefined for a Fail state without Error. */
  readonly error: string | undefined;
  /** Undefined where AWS leaves the field out, as timeouts do. */
  readonly reason: string | undefined;
  /** Other names that Retry and Catch may use for it. */
  readonly aliases: readonly string[];

  constructor(error: string | undefined, reason?: string, aliases: readonly string[] = []) {
    super(`${error}: ${reason}`);
    this.error = error;
    this.reason = reason;
    this.aliases = aliases;
  }
}

/** A JSONata expression that failed: recorded as EvaluationFailed, then fails its state. */
export class EvaluationFailure extends Error {
  override readonly name = 'EvaluationFailure';
  /** Field of the state, such as `Arguments/Payload`; undefined where AWS names none. */
  readonly location: string | undefined;

  constructor(message: string, location?: string) {
    super(message);
    this.location = location;
  }
}

/** Thrown through every state of a branch or execution that is stopped, timed out or no longer needed. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** Errors that `States.ALL` does not stand for, and of which the first can't be caught by any name (ASL specification). */
const notInAll = new Set(['States.Runtime', 'States.DataLimitExceeded']);

/** Whether an `ErrorEquals` list is for this failure. */
export const matches = (errorEquals: readonly string[], failure: StateFailure): boolean => {
  if (failure.error === 'States.Runtime') return false;
  const names = failure.error === undefined ? failure.aliases : [failure.error, ...failure.aliases];
  if (names.some((name) => errorEquals.includes(name))) return true;
  if (names.some((name) => notInAll.has(name))) return false;
  if (errorEquals.includes('States.ALL')) return true;
  return errorEquals.includes('States.TaskFailed') && failure.error !== 'States.Timeout';
};
