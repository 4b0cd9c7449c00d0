import type { Clock } from '../clock.ts';

/**
 * In virtual time one function's process runs at a time, and the clock stands still meanwhile. A process that only waits
 * gives its turn up: others run, time passes, and it takes a turn again when its moment has come.
 */
export class Turns {
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();
  #running: Hold | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when it is this one's turn. */
  async begin(): Promise<Turn> {
    const hold = new Hold(() => this.#take(hold));
    await hold.resume();
    return new Turn(this.#clock, hold, () => hold.pause());
  }

  /** Takes part in the turn of the function that runs now and waits for this one's answer; else begins one. */
  async join(): Promise<Turn> {
    const hold = this.#running;
    return hold === undefined ? this.begin() : new Turn(this.#clock, hold, () => {});
  }

  /** Waits for whoever runs now; time stands still from the call on until the returned function is called. */
  async #take(hold: Hold): Promise<() => void> {
    const before = this.#last;
    let free = () => {};
    this.#last = this.#clock.track(
      new Promise<void>((resolve) => {
        free = resolve;
      }),
    );
    await before;
    this.#running = hold;
    return () => {
      if (this.#running === hold) this.#running = undefined;
      free();
    };
  }
}

/** The right to run, while it is held. */
class Hold {
  readonly #take: () => Promise<() => void>;
  #release: (() => void) | undefined;

  constructor(take: () => Promise<() => void>) {
    this.#take = take;
  }

  async resume(): Promise<void> {
    this.#release ??= await this.#take();
  }

  pause(): void {
    this.#release?.();
    this.#release = undefined;
  }
}

/** One invocation's share of virtual time. */
export class Turn {
  readonly #clock: Clock;
  readonly #hold: Hold;
  readonly #leave: () => void;
  readonly #scheduled: (() => void)[] = [];

  constructor(clock: Clock, hold: Hold, leave: () => void) {
    this.#clock = clock;
    this.#hold = hold;
    this.#leave = leave;
  }

  /** The process waits until `at` (epoch milliseconds), or for nothing that will ever come; `resume` wakes it. */
  wait(at: number | undefined, resume: () => void): void {
    this.#hold.pause();
    if (at !== undefined) this.at(at, resume);
  }

  /** Does `work` at `at`, in the turn, unless the invocation has ended before. */
  at(at: number, work: () => void): void {
    const due = async () => {
      await this.#hold.resume();
      work();
    };
    this.#scheduled.push(this.#clock.schedule(at, due));
  }

  end(): void {
    for (const cancel of this.#scheduled) cancel();
    this.#leave();
  }
}
