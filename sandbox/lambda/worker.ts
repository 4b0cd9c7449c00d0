import { type ChildProcess, spawn } from 'node:child_process';
import type { Server } from 'node:http';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { exited, type FunctionError, timedOut } from './function-error.ts';
import { type RuntimeInvocation, startRuntimeApi } from './runtime-api.ts';

const bootstrap = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));

export interface WorkerOptions {
  readonly environment: Record<string, string>;
  readonly log: (line: string) => void;
  /** In virtual time only: what the process starts with. `now` is epoch milliseconds. */
  readonly virtual?: { readonly now: number; readonly seed: string };
}

/** How an invocation ended: the answer as JSON text, or the function's error. */
export type Outcome =
  | { readonly payload: string; readonly failed: false }
  | { readonly payload: string; readonly failed: true };

export interface Invocation extends RuntimeInvocation {
  readonly requestId: string;
  readonly timeoutSeconds: number;
  /** The process dies after its handler's end, before the answer is heard. */
  readonly crash: boolean;
  /** In virtual time: the process has nothing to do before `at` (undefined: ever); `resume` lets it go on. */
  readonly wait?: (at: number | undefined, resume: () => void) => void;
}

const failure = (error: FunctionError): Outcome => ({ payload: JSON.stringify(error), failed: true });

/**
 * A wall-clock guard in virtual time, where waiting costs nothing: only a function that computes without end meets it.
 * Long, so that a busy machine never changes a rehearsal.
 */
const VIRTUAL_GUARD_MS = 120_000;
/** Wall-clock limit of a process's start. Lambda allows 10 s; a busy machine may need longer. */
const INIT_LIMIT_MS = 60_000;

/** One process of one function, with its own Runtime API; takes one invocation at a time. */
export class Worker {
  readonly #options: WorkerOptions;
  #server: Server | undefined;
  #child: ChildProcess | undefined;
  #give: ((invocation: RuntimeInvocation) => void) | undefined;
  #idle: (() => void) | undefined;
  #invocation: Invocation | undefined;
  #finish: ((outcome: Outcome) => void) | undefined;
  #initError: string | undefined;
  #dead = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Whether the process has ended, or is about to. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Starts the process; resolves once it waits for its first invocation, or has failed to start. */
  async start(): Promise<void> {
    const ready = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    const { server, address } = await startRuntimeApi({
      next: (give) => this.#next(give),
      response: (requestId, payload) => this.#answered(requestId, { payload, failed: false }),
      error: (requestId, payload) => this.#answered(requestId, { payload, failed: true }),
      initError: (payload) => {
        this.#initError = payload;
      },
    });
    this.#server = server;
    if (this.#dead) {
      // It was ended before it had begun.
      server.close();
      return;
    }
    this.#spawn(address);
    const limit = setTimeout(
      () => this.#failInit(`it did not ask for work in ${INIT_LIMIT_MS} ms`),
      INIT_LIMIT_MS,
    );
    await ready;
    clearTimeout(limit);
  }

  #failInit(reason: string): void {
    this.#initError ??= JSON.stringify({
      errorType: 'Runtime.InitError',
      errorMessage: `Init failed: ${reason}`,
    });
    void this.kill();
  }

  #spawn(address: string): void {
    const { environment, virtual } = this.#options;
    const time =
      virtual === undefined ? {} : { SANDBOX_NOW: String(virtual.now), SANDBOX_SEED: virtual.seed };
    const child = spawn(process.execPath, [bootstrap, ...(virtual === undefined ? [] : ['virtual'])], {
      env: { ...environment, ...time, AWS_LAMBDA_RUNTIME_API: address },
      stdio: ['ignore', 'pipe', 'pipe', ...(virtual === undefined ? [] : ['ipc' as const])],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream as Readable }).on('line', this.#options.log);
    }
    child.on('message', (message) => this.#asked(message as { id: number; moveTo?: number }));
    child.on('error', (error) => this.#options.log(`cannot start the function: ${error.message}`));
    child.on('exit', (code, signal) => this.#exited(code, signal));
  }

  /** Hands one invocation to the process. Never rejects: every end of a process is an outcome. */
  async invoke(invocation: Invocation): Promise<Outcome> {
    if (this.#initError !== undefined) return { payload: this.#initError, failed: true };
    if (this.#dead) return failure(exited(invocation.requestId, 1, null));
    const outcome = new Promise<Outcome>((resolve) => {
      this.#finish = resolve;
    });
    this.#invocation = invocation;
    const guard = setTimeout(
      () => this.timeOut(),
      this.#options.virtual === undefined ? invocation.timeoutSeconds * 1000 : VIRTUAL_GUARD_MS,
    );
    this.#give?.(invocation);
    this.#give = undefined;
    try {
      return await outcome;
    } finally {
      clearTimeout(guard);
    }
  }

  /** The function's time is up: ends its process in the middle of its work. */
  timeOut(): void {
    const invocation = this.#invocation;
    if (invocation !== undefined)
      this.#end(failure(timedOut(invocation.requestId, invocation.timeoutSeconds)));
  }

  /** Ends the process at once; resolves when it is gone and its port is free. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#dead = true;
    this.#server?.closeAllConnections();
    const closed = new Promise<void>((resolve) => {
      if (this.#server?.listening) this.#server.close(() => resolve());
      else resolve();
    });
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return closed;
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
    return closed;
  }

  #next(give: (invocation: RuntimeInvocation) => void): void {
    this.#give = give;
    this.#idle?.();
    this.#idle = undefined;
  }

  /** The answer came. The invocation is over when the process asks for the next one, or ends. */
  #answered(requestId: string, outcome: Outcome): void {
    if (this.#invocation?.requestId !== requestId) return;
    if (this.#invocation.crash) {
      this.#end(failure(exited(requestId, null, 'SIGKILL')));
      return;
    }
    const finish = this.#finish;
    this.#invocation = undefined;
    this.#finish = undefined;
    this.#idle = () => finish?.(outcome);
  }

  #end(outcome: Outcome): void {
    const finish = this.#finish;
    this.#invocation = undefined;
    this.#finish = undefined;
    void this.kill().then(() => finish?.(outcome));
  }

  /** The process waits for its next timer, or, without `moveTo`, for nothing that will ever come. */
  #asked({ id, moveTo }: { id: number; moveTo?: number }): void {
    const resume = () => {
      if (this.#child?.connected) this.#child.send({ id });
    };
    if (this.#invocation !== undefined) this.#invocation.wait?.(moveTo, resume);
    else if (moveTo === undefined) this.#failInit('it waits for something that never comes');
    // Loading takes no time.
    else resume();
  }

  #exited(code: number | null, signal: string | null): void {
    this.#dead = true;
    this.#server?.closeAllConnections();
    this.#server?.close();
    const invocation = this.#invocation;
    this.#finish?.(failure(exited(invocation?.requestId ?? '', code, signal)));
    this.#finish = undefined;
    this.#idle?.();
    this.#idle = undefined;
  }
}
