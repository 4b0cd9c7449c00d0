/** An error as the Lambda runtime reports it. */
export interface ErrorShape {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** The shape of anything that was thrown; `type` overrides the error's name. */
export const shapeOf = (thrown: unknown, type?: string): ErrorShape =>
  thrown instanceof Error
    ? {
        errorType: type ?? thrown.name,
        errorMessage: thrown.message,
        trace: thrown.stack?.split('\n') ?? [],
      }
    : { errorType: type ?? typeof thrown, errorMessage: String(thrown), trace: [] };

/** An error of the runtime itself, with one of the names that Lambda gives it. */
export const runtimeError = (name: string, message: string): Error =>
  Object.assign(new Error(message), { name });
