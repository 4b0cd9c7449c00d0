import { availableParallelism } from 'node:os';
import { atExit } from '../at-exit.ts';
import type { FunctionVersion } from './catalogue.ts';
import type { FunctionConfig } from './function-config.ts';
import type { Worker } from './worker.ts';

/** The processes of all functions: idle ones are used again, each for its own version of its function. */
export class WorkerPool {
  /** When this process ends without closing the pool: a function that computes would not notice. */
  readonly #killAll = (): void => {
    for (const worker of this.#workers) void worker.kill();
  };
  readonly #leaveExit: () => void;
  readonly #create: (target: FunctionVersion) => Worker;
  readonly #workers = new Set<Worker>();
  readonly #idle = new Map<FunctionConfig, Worker[]>();
  readonly #warming = new Map<FunctionConfig, Promise<Worker>>();
  readonly #started = new WeakSet<FunctionConfig>();
  #closed = false;

  /** @param create makes the process's worker; the pool starts it */
  constructor(create: (target: FunctionVersion) => Worker) {
    this.#create = create;
    this.#leaveExit = atExit(this.#killAll);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** A process that waits for work: an idle one, one that is just starting, or a new one. */
  async take(target: FunctionVersion): Promise<Worker> {
    const { config } = target;
    const idle = this.#takeIdle(config);
    if (idle !== undefined) return idle;
    const warming = this.#warming.get(config);
    this.#warming.delete(config);
    return warming ?? this.#start(target);
  }

  /** Gives a process back after its invocation. */
  async release(config: FunctionConfig, worker: Worker): Promise<void> {
    if (worker.dead || this.#closed) return this.#drop(worker);
    const idle = this.#idle.get(config);
    if (idle === undefined) this.#idle.set(config, [worker]);
    else idle.push(worker);
    return undefined;
  }

  /** Starts a process for each of `targets` that has none idle, as many at a time as there are cores. */
  async prewarm(targets: readonly FunctionVersion[]): Promise<void> {
    const left = targets.filter(({ config }) => (this.#idle.get(config) ?? []).length === 0);
    const startNext = async (): Promise<void> => {
      for (let target = left.shift(); target !== undefined && !this.#closed; target = left.shift()) {
        // An invocation came first, and has started one.
        if (this.#started.has(target.config)) continue;
        const starting = this.#start(target);
        this.#warming.set(target.config, starting);
        const worker = await starting;
        // An invocation that could not wait may have taken it meanwhile.
        if (this.#warming.delete(target.config)) await this.release(target.config, worker);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, startNext));
  }

  /** Ends the idle processes of a version that nobody runs any more. */
  retire(config: FunctionConfig): void {
    for (const worker of this.#idle.get(config) ?? []) void this.#drop(worker);
    this.#idle.delete(config);
  }

  /** Ends every process; resolves when all are gone. Invocations that are under way end as failed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#leaveExit();
    await Promise.all([...this.#workers].map((worker) => worker.kill()));
    this.#workers.clear();
  }

  async #start(target: FunctionVersion): Promise<Worker> {
    const worker = this.#create(target);
    this.#started.add(target.config);
    this.#workers.add(worker);
    await worker.start();
    return worker;
  }

  #takeIdle(config: FunctionConfig): Worker | undefined {
    const worker = this.#idle.get(config)?.pop();
    if (!worker?.dead) return worker;
    void this.#drop(worker);
    return this.#takeIdle(config);
  }

  async #drop(worker: Worker): Promise<void> {
    this.#workers.delete(worker);
    await worker.kill();
  }
}
