/**
 * The one clock of a sandbox. Everything that waits, stamps or samples asks it, so that the same parts run in real time
 * (`npm run sandbox`), in scaled time (the demo) and in virtual time (rehearsals).
 */
export interface Clock {
  /** Milliseconds since the epoch, in the sandbox's time. */
  now(): number;
  /** Resolves after `milliseconds` of the sandbox's time; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Runs `work` at `at` (epoch milliseconds; the past means as soon as possible). Returns a function that cancels it. */
  schedule(at: number, work: () => unknown): () => void;
  /** Marks real asynchronous work (a child process, an HTTP call): virtual time stands still until it has settled. */
  track<T>(work: Promise<T>): Promise<T>;
}

const sleepOn = (clock: Pick<Clock, 'now' | 'schedule'>, milliseconds: number, signal?: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.schedule(clock.now() + milliseconds, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
    return undefined;
  });

/** Node cuts longer timers to 1 ms: 2^31 - 1 ms, 24.8 days. */
const LONGEST_TIMER = 2_147_483_647;

/** Real time, or `scale` times as fast: with 20, a minute of the sandbox takes 3 seconds. */
export class RealClock implements Clock {
  readonly #scale: number;
  readonly #realStart = Date.now();
  readonly #start: number;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor({ scale = 1, start = Date.now() }: { scale?: number; start?: number } = {}) {
    this.#scale = scale;
    this.#start = start;
  }

  now(): number {
    return Math.floor(this.#start + (Date.now() - this.#realStart) * this.#scale);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, milliseconds, signal);
  }

  schedule(at: number, work: () => unknown): () => void {
    const delay = Math.min(Math.max(0, (at - this.now()) / this.#scale), LONGEST_TIMER);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, delay);
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  track<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  /** Cancels everything that is still scheduled. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly work: () => unknown;
}

/**
 * Virtual time: stands still while anything runs, then jumps to the next scheduled entry. Entries at the same instant
 * run in the order in which they were scheduled, one at a time, so a run with the same inputs is the same run.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #tracked = 0;
  #settled: (() => void)[] = [];
  readonly #queue: Entry[] = [];

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, milliseconds, signal);
  }

  schedule(at: number, work: () => unknown): () => void {
    const entry: Entry = { at: Math.max(at, this.#now), order: this.#order++, work };
    let index = this.#queue.length;
    while (index > 0 && (this.#queue[index - 1] as Entry).at > entry.at) index--;
    this.#queue.splice(index, 0, entry);
    return () => {
      const at = this.#queue.indexOf(entry);
      if (at >= 0) this.#queue.splice(at, 1);
    };
  }

  async track<T>(work: Promise<T>): Promise<T> {
    this.#tracked++;
    try {
      return await work;
    } finally {
      this.#tracked--;
      if (this.#tracked === 0) for (const resolve of this.#settled.splice(0)) resolve();
    }
  }

  /** When the next entry is due, or undefined when nothing is scheduled. */
  next(): number | undefined {
    return this.#queue[0]?.at;
  }

  /** Moves time forward without running anything: a parked call let this much time pass. */
  moveTo(at: number): void {
    this.#now = Math.max(this.#now, at);
  }

  /** Waits until no tracked work is left and every promise that can go on has gone on. */
  async settle(): Promise<void> {
    do {
      if (this.#tracked > 0) await new Promise<void>((resolve) => this.#settled.push(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#tracked > 0);
  }

  /** Runs every entry that is due up to `until`, in order; `done` is asked between entries. Time ends at `until`. */
  async run(until: number, done: () => boolean = () => false): Promise<void> {
    await this.settle();
    while (!done()) {
      const entry = this.#queue[0];
      if (entry === undefined || entry.at > until) {
        this.#now = Math.max(this.#now, until);
        return;
      }
      this.#queue.shift();
      this.#now = Math.max(this.#now, entry.at);
      await entry.work();
      await this.settle();
    }
  }
}
