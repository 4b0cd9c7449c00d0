/** A line that a function's logger wrote. */
export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  /** Of the invocation that wrote it. */
  readonly requestId: string;
  /** `service@target`, where it is about one. */
  readonly service?: string;
}

interface Written {
  readonly level?: unknown;
  readonly message?: unknown;
  readonly function_request_id?: unknown;
  readonly service_target?: unknown;
  readonly error?: { readonly message?: unknown };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads a line of a function's log; undefined for a line that its logger did not write. */
export const loggedLine = (line: string): LoggedLine | undefined => {
  try {
    const {
      level,
      message,
      function_request_id,
      service_target: service,
      error,
    } = JSON.parse(line) as Written;
    const requestId = textOf(function_request_id);
    if (typeof level !== 'string' || typeof message !== 'string') return undefined;
    // What nobody expected has its own words in the error.
    const said = message === 'unexpected error' ? textOf(error?.message) || message : message;
    return { level, message: said, requestId, ...(typeof service === 'string' && { service }) };
  } catch {
    return undefined;
  }
};
