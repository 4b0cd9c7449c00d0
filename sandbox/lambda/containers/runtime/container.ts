import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { ContainerInvocation, ContainerStart, FromContainer } from '../messages.ts';
import { ContainerFetch } from './container-fetch.ts';
import { runtimeError, shapeOf } from './errors.ts';
import { containerGlobals, GLOBAL_NAMES, type Globals } from './globals.ts';
import { containerRequire } from './modules.ts';
import { Output } from './output.ts';
import { owner } from './owner.ts';
import { Randomness } from './randomness.ts';
import { findCode, loadScript } from './scripts.ts';
import { type ContainerTimers, containerTimers } from './timers.ts';
import { VirtualTime } from './virtual-time.ts';

type Handler = (event: unknown, context: unknown) => unknown;
type Without<T> = T extends unknown ? Omit<T, 'id' | 'lines'> : never;

/** Never caught by whoever knows what is good: ends what runs after `process.exit`. */
class Exit extends Error {
  override readonly name = 'Exit';
}

/**
 * One version of one function, loaded anew: its own module state, environment, output, time and randomness. Ends without
 * a trace: its timers never fire, its connections are closed, and nobody hears what it still says.
 */
export class Container {
  readonly time: VirtualTime;
  readonly globals: Globals;
  readonly #id: number;
  readonly #start: ContainerStart;
  readonly #send: (message: FromContainer) => void;
  readonly #output: Output;
  readonly #randomness = new Randomness();
  readonly #timers: ContainerTimers;
  readonly #fetch: ContainerFetch;
  readonly #sockets = new Set<Socket>();
  #handler: Handler | undefined;
  #alive = true;
  #telling = false;

  constructor(id: number, start: ContainerStart, send: (message: FromContainer) => void) {
    this.#id = id;
    this.#start = start;
    this.#send = send;
    this.time = new VirtualTime({
      now: start.now,
      waits: (wait, until) => this.#tell({ kind: 'waits', wait, until }),
      threw: (error) => this.uncaught(error),
    });
    this.#output = new Output(() => this.#tellLines());
    this.#fetch = new ContainerFetch(() => this.#alive);
    this.#timers = containerTimers(this.time.clock, () => this.#alive);
    this.globals = containerGlobals({
      environment: start.environment,
      clock: this.time.clock,
      timers: this.#timers.globals,
      output: this.#output,
      randomness: this.#randomness,
      fetch: this.#fetch.fetch,
      exit: (code) => this.#exit(code),
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Loads the function; says whether it is ready. */
  load(): Promise<void> {
    return owner.run(this, async () => {
      try {
        this.#handler = await this.#loadHandler();
        this.time.leave();
        this.#tell({ kind: 'ready' });
      } catch (thrown) {
        this.#tell({ kind: 'initError', payload: JSON.stringify(shapeOf(thrown)) });
        this.end();
      }
    });
  }

  /** Runs the handler once; says what it answers. */
  invoke(invocation: ContainerInvocation): Promise<void> {
    return owner.run(this, async () => {
      const { requestId, now, seed, traceId } = invocation;
      this.globals.process.env._X_AMZN_TRACE_ID = traceId;
      this.#randomness.seed(seed);
      this.time.enter(now);
      const { payload, failed } = await this.#answer(invocation);
      this.time.leave();
      this.#tell({ kind: 'answer', requestId, payload, failed });
    });
  }

  /** An error that nothing in the container caught: it ends, as a process would. */
  uncaught(thrown: unknown, type?: string): void {
    if (!this.#alive || thrown instanceof Exit) return;
    this.#output.console.error(thrown);
    const payload = JSON.stringify(shapeOf(thrown, type));
    this.#tell({ kind: 'ended', code: type === undefined ? 129 : 128, payload });
    this.end();
  }

  /** A connection of the container's. */
  opened(socket: Socket): void {
    if (!this.#alive) socket.destroy();
    else if (!this.#sockets.has(socket)) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    }
  }

  end(): void {
    this.#alive = false;
    this.time.end();
    this.#fetch.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #exit(code: number): never {
    if (this.#alive) this.#tell({ kind: 'ended', code, payload: undefined });
    this.end();
    throw new Exit(`the function has ended with status ${code}`);
  }

  async #loadHandler(): Promise<Handler> {
    const { environment, now, seed } = this.#start;
    const { _HANDLER: name = '', LAMBDA_TASK_ROOT: folder = '' } = environment;
    const [file = '', exported = ''] = name.split(/\.(?=[^.]*$)/);
    const path = findCode(folder, file);
    if (path === undefined)
      throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
    const script = await loadScript(path);
    this.#randomness.seed(seed);
    this.time.enter(now);
    const handler = this.#evaluate(script, path)[exported];
    if (handler === undefined)
      throw runtimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
    if (typeof handler !== 'function')
      throw runtimeError('Runtime.HandlerNotFound', `${name} is not a function`);
    return handler as Handler;
  }

  #evaluate(script: Awaited<ReturnType<typeof loadScript>>, path: string): Record<string, unknown> {
    const module = { exports: {} as Record<string, unknown> };
    const { globals } = this;
    const randomness = this.#randomness;
    const { outside } = this.#start;
    const require = containerRequire(path, { globals, randomness, timers: this.#timers, outside });
    const own = GLOBAL_NAMES.map((name) => globals[name]);
    script(module.exports, require, module, path, dirname(path), ...own).call(module.exports);
    return module.exports;
  }

  async #answer(invocation: ContainerInvocation): Promise<{ payload: string; failed: boolean }> {
    try {
      const value = await this.#handler?.(JSON.parse(invocation.payload), this.#contextOf(invocation));
      return { payload: JSON.stringify(value ?? null), failed: false };
    } catch (thrown) {
      return { payload: JSON.stringify(shapeOf(thrown)), failed: true };
    }
  }

  #contextOf({ requestId, functionArn, deadline }: ContainerInvocation) {
    const { environment } = this.#start;
    return {
      awsRequestId: requestId,
      invokedFunctionArn: functionArn,
      functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
      functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
      memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => deadline - this.time.clock.now,
    };
  }

  /** Lines are told with whatever comes next, or by themselves when nothing else comes. */
  #tellLines(): void {
    if (this.#telling) return;
    this.#telling = true;
    setImmediate(() => {
      this.#telling = false;
      const lines = this.#output.take();
      if (lines.length > 0 && this.#alive) this.#send({ id: this.#id, kind: 'wrote', lines });
    });
  }

  #tell(message: Without<FromContainer>): void {
    if (this.#alive) this.#send({ id: this.#id, lines: this.#output.take(), ...message } as FromContainer);
  }
}
