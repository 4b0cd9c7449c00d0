import type { Clock } from '../clock.ts';

/**
 * In virtual time one function's process runs at a time, and the clock stands still meanwhile. A process that only waits
 * gives its turn up: others run, time passes, and it takes a turn again when its moment has come.
 */
export class Turns {
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when it is this one's turn. */
  async begin(): Promise<Turn> {
    const turn = new Turn(this.#clock, () => this.#take());
    await turn.resume();
    return turn;
  }

  /** Waits for whoever runs now; time stands still from the call on until the returned function is called. */
  #take(): Promise<() => void> {
    const before = this.#last;
    let free = () => {};
    this.#last = this.#clock.track(
      new Promise<void>((resolve) => {
        free = resolve;
      }),
    );
    return before.then(() => free);
  }
}

/** One invocation's share of virtual time. */
export class Turn {
  readonly #clock: Clock;
  readonly #take: () => Promise<() => void>;
  readonly #scheduled: (() => void)[] = [];
  #release: (() => void) | undefined;

  constructor(clock: Clock, take: () => Promise<() => void>) {
    this.#clock = clock;
    this.#take = take;
  }

  async resume(): Promise<void> {
    this.#release ??= await this.#take();
  }

  /** The process waits until `at` (epoch milliseconds), or for nothing that will ever come; `resume` wakes it. */
  wait(at: number | undefined, resume: () => void): void {
    this.#pause();
    if (at !== undefined) this.at(at, resume);
  }

  /** Does `work` at `at`, in a turn, unless the invocation has ended before. */
  at(at: number, work: () => void): void {
    const due = async () => {
      await this.resume();
      work();
    };
    this.#scheduled.push(this.#clock.schedule(at, due));
  }

  end(): void {
    for (const cancel of this.#scheduled) cancel();
    this.#pause();
  }

  #pause(): void {
    this.#release?.();
    this.#release = undefined;
  }
}
