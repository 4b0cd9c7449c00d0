import { exited, failure, initFailed, timedOut } from '../function-error.ts';
import type { Invocation, Outcome, Worker } from '../worker.ts';
import type { HostProcess, Listener } from './host-process.ts';
import type { ContainerStart, FromContainer } from './messages.ts';

export interface ContainerOptions {
  readonly start: ContainerStart;
  readonly log: (line: string) => void;
  /** How long the function may compute, in milliseconds of the machine. */
  readonly guardMs: number;
}

/** Limit of a container's load, with the start of its process, in milliseconds of the machine. Lambda allows 10 s. */
const LOAD_LIMIT_MS = 60_000;

/** One container in a host process, in virtual time. */
export class ContainerWorker implements Worker, Listener {
  readonly #host: HostProcess;
  readonly #options: ContainerOptions;
  readonly #id: number;
  #ready: (() => void) | undefined;
  #invocation: Invocation | undefined;
  #finish: ((outcome: Outcome) => void) | undefined;
  #initError: string | undefined;
  #late: (() => void) | undefined;
  #dead = false;

  constructor(host: HostProcess, options: ContainerOptions) {
    this.#host = host;
    this.#options = options;
    this.#id = host.attach(this);
  }

  get dead(): boolean {
    return this.#dead || !this.#host.alive;
  }

  async start(): Promise<void> {
    if (!this.#host.alive) {
      this.hostEnded();
      return;
    }
    const ready = new Promise<void>((resolve) => {
      this.#ready = resolve;
    });
    this.#host.send({ kind: 'start', id: this.#id, start: this.#options.start });
    this.#guard(LOAD_LIMIT_MS, () => {
      this.#initError ??= initFailed(`it did not load in ${LOAD_LIMIT_MS} ms`);
      this.#end();
    });
    await ready;
  }

  async invoke(invocation: Invocation): Promise<Outcome> {
    const { requestId, functionArn, traceId, deadline, payload, virtual } = invocation;
    if (this.#initError !== undefined) return { payload: this.#initError, failed: true };
    if (this.#dead || virtual === undefined) return failure(exited(requestId, 1, null));
    const outcome = new Promise<Outcome>((resolve) => {
      this.#finish = resolve;
    });
    this.#invocation = invocation;
    const { now, seed } = virtual;
    const sent = { requestId, functionArn, traceId, deadline, payload, now, seed };
    this.#host.send({ kind: 'invoke', id: this.#id, invocation: sent });
    this.#guard(this.#options.guardMs, () => this.timeOut());
    return outcome;
  }

  timeOut(): void {
    const invocation = this.#invocation;
    if (invocation !== undefined)
      this.#end(failure(timedOut(invocation.requestId, invocation.timeoutSeconds)));
  }

  /** Ends the container; what it still does has no effect and is heard by nobody. */
  async kill(): Promise<void> {
    if (!this.#dead) this.#host.send({ kind: 'drop', id: this.#id });
    this.#end(failure(exited(this.#invocation?.requestId ?? '', null, 'SIGKILL')));
  }

  heard(message: FromContainer): void {
    for (const line of message.lines) this.#options.log(line);
    if (message.kind === 'ready') this.#loaded();
    else if (message.kind === 'answer') this.#answered(message);
    else if (message.kind === 'waits') this.#waits(message.wait, message.until);
    else if (message.kind === 'initError') {
      this.#initError = message.payload;
      this.#end();
    } else if (message.kind === 'ended') this.#ended(message.code, message.payload);
  }

  hostEnded(): void {
    if (this.#late !== undefined) this.#late();
    else this.#end(failure(exited(this.#invocation?.requestId ?? '', null, 'SIGKILL')));
  }

  /** Nothing but the end of its process stops a function that computes without end, and the other containers end too. */
  #guard(milliseconds: number, late: () => void): void {
    this.#host.guard.begin(this, milliseconds, () => {
      this.#options.log(
        `computes for more than ${milliseconds} ms: its process is ended, with the other functions in it`,
      );
      // Not before the process is gone: time stands still until those that waited in it have failed, too.
      this.#late = late;
      void this.#host.kill();
    });
  }

  #loaded(): void {
    this.#host.guard.end(this);
    this.#ready?.();
    this.#ready = undefined;
  }

  #answered({ requestId, payload, failed }: Extract<FromContainer, { kind: 'answer' }>): void {
    if (this.#invocation?.requestId !== requestId) return;
    if (this.#invocation.crash) {
      void this.kill();
      return;
    }
    this.#settle({ payload, failed });
  }

  #waits(wait: number, until: number | undefined): void {
    const invocation = this.#invocation;
    if (invocation === undefined) return;
    this.#host.guard.end(this);
    invocation.virtual?.wait(until, () => {
      this.#guard(this.#options.guardMs, () => this.timeOut());
      this.#host.send({ kind: 'resume', id: this.#id, wait });
    });
  }

  #ended(code: number, payload: string | undefined): void {
    const invocation = this.#invocation;
    if (invocation === undefined && payload !== undefined) this.#initError ??= payload;
    const outcome =
      payload === undefined
        ? failure(exited(invocation?.requestId ?? '', code, null))
        : { payload, failed: true };
    this.#end(outcome);
  }

  #settle(outcome: Outcome): void {
    this.#host.guard.end(this);
    this.#finish?.(outcome);
    this.#finish = undefined;
    this.#invocation = undefined;
  }

  #end(outcome?: Outcome): void {
    if (!this.#dead) this.#host.send({ kind: 'drop', id: this.#id });
    this.#dead = true;
    this.#host.detach(this.#id);
    if (outcome !== undefined) this.#settle(outcome);
    this.#loaded();
  }
}
