/** What runs one version of one function, one invocation at a time: an execution environment, in Lambda's words. */
export interface Worker {
  /** Whether it has ended, or is about to. */
  readonly dead: boolean;
  /** Loads the function; resolves once it waits for its first invocation, or has failed to start. */
  start(): Promise<void>;
  /** Hands one invocation to the function. Never rejects: every end is an outcome. */
  invoke(invocation: Invocation): Promise<Outcome>;
  /** The function's time is up: ends the worker in the middle of its work. */
  timeOut(): void;
  /** Ends the worker at once; resolves when it is gone. */
  kill(): Promise<void>;
}

/** How an invocation ended: the answer as JSON text, or the function's error. */
export interface Outcome {
  readonly payload: string;
  readonly failed: boolean;
}

export interface Invocation {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly functionArn: string;
  /** `Root=1-…` */
  readonly traceId: string;
  readonly timeoutSeconds: number;
  /** Epoch milliseconds: in virtual time of the sandbox, else of the machine. */
  readonly deadline: number;
  /** The worker dies after its handler's end, before the answer is heard. */
  readonly crash: boolean;
  /** In virtual time only. */
  readonly virtual?: VirtualInvocation;
}

export interface VirtualInvocation {
  /** The time at which it begins, epoch milliseconds. */
  readonly now: number;
  /** Decides its random values. */
  readonly seed: string;
  /** The function has nothing to do before `at` (undefined: ever); `resume` lets it go on. */
  readonly wait: (at: number | undefined, resume: () => void) => void;
}
