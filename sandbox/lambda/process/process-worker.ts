import { type ChildProcess, spawn } from 'node:child_process';
import type { Server } from 'node:http';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { exited, failure, initFailed, timedOut } from '../function-error.ts';
import type { Invocation, Outcome, Worker } from '../worker.ts';
import { type RuntimeInvocation, startRuntimeApi } from './runtime-api.ts';

const bootstrap = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));

export interface ProcessOptions {
  readonly environment: Record<string, string>;
  readonly log: (line: string) => void;
}

/** Wall-clock limit of a process's start. Lambda allows 10 s; a busy machine may need longer. */
const INIT_LIMIT_MS = 60_000;

const runtimeInvocation = (invocation: Invocation): RuntimeInvocation => ({
  payload: invocation.payload,
  headers: {
    'lambda-runtime-aws-request-id': invocation.requestId,
    'lambda-runtime-deadline-ms': String(invocation.deadline),
    'lambda-runtime-invoked-function-arn': invocation.functionArn,
    'lambda-runtime-trace-id': invocation.traceId,
  },
});

/** One process of one function in real time, with its own Runtime API. */
export class ProcessWorker implements Worker {
  readonly #options: ProcessOptions;
  #server: Server | undefined;
  #child: ChildProcess | undefined;
  #give: ((invocation: RuntimeInvocation) => void) | undefined;
  #idle: (() => void) | undefined;
  #invocation: Invocation | undefined;
  #finish: ((outcome: Outcome) => void) | undefined;
  #initError: string | undefined;
  #dead = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  get dead(): boolean {
    return this.#dead;
  }

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
    const limit = setTimeout(() => {
      this.#initError ??= initFailed(`it did not ask for work in ${INIT_LIMIT_MS} ms`);
      void this.kill();
    }, INIT_LIMIT_MS);
    await ready;
    clearTimeout(limit);
  }

  #spawn(address: string): void {
    const child = spawn(process.execPath, [bootstrap], {
      env: { ...this.#options.environment, AWS_LAMBDA_RUNTIME_API: address },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream as Readable }).on('line', this.#options.log);
    }
    child.on('error', (error) => this.#options.log(`cannot start the function: ${error.message}`));
    child.on('exit', (code, signal) => this.#exited(code, signal));
  }

  async invoke(invocation: Invocation): Promise<Outcome> {
    if (this.#initError !== undefined) return { payload: this.#initError, failed: true };
    if (this.#dead) return failure(exited(invocation.requestId, 1, null));
    const outcome = new Promise<Outcome>((resolve) => {
      this.#finish = resolve;
    });
    this.#invocation = invocation;
    const limit = setTimeout(() => this.timeOut(), invocation.timeoutSeconds * 1000);
    this.#give?.(runtimeInvocation(invocation));
    this.#give = undefined;
    try {
      return await outcome;
    } finally {
      clearTimeout(limit);
    }
  }

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
