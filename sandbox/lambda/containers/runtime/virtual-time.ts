import fakeTimers, { type Clock } from '@sinonjs/fake-timers';

/** Turns of the event loop without news before a timer may fire: streams and promises need a few to hand on. */
const QUIET_TURNS = 4;
/** The system's work that a function can wait for beside requests, by the names of `process.getActiveResourcesInfo`. */
const SYSTEM_WORK =
  /^(FS|GetAddr|GetNameInfo|QueryReq|Zlib|ZLIB|Hash|Sign|Verify|Pbkdf|PBKDF|Scrypt|Key|Cipher|Random)/;

const timers = fakeTimers.withGlobal(globalThis);

export interface VirtualTimeOptions {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The container has nothing to do before `until`, or ever; `resume(wait)` lets it go on. */
  readonly waits: (wait: number, until: number | undefined) => void;
  /** A timer's callback threw. */
  readonly threw: (error: unknown) => void;
}

/**
 * Virtual time of one container. Timers cost no real time: when nothing can go on by itself (no request under way, no
 * pending work of the system, no promise left), the next timer fires, after the sandbox has moved its clock to it.
 */
export class VirtualTime {
  readonly clock: Clock;
  readonly #options: VirtualTimeOptions;
  readonly #underWay = new Set<object>();
  readonly #resumed = new Map<number, () => void>();
  #waits = 0;
  #active = false;
  #turning = false;
  #quiet = 0;

  constructor(options: VirtualTimeOptions) {
    this.#options = options;
    this.clock = timers.createClock(options.now);
    // The AWS clients clear timers that they never set.
    Object.assign(this.clock, { shouldClearNativeTimers: true });
  }

  /** The container works from now on, at `now` (epoch milliseconds) of the sandbox's time. */
  enter(now: number): void {
    this.clock.setSystemTime(now);
    this.#active = true;
    this.#quiet = 0;
    this.#wake();
  }

  /** The invocation has ended: as on Lambda, the container is frozen until the next one. */
  leave(): void {
    this.#active = false;
    this.#underWay.clear();
    this.#resumed.clear();
  }

  /** Nothing fires any more. */
  end(): void {
    this.leave();
    this.clock.reset();
  }

  /** A request is under way, which needs no virtual time. */
  started(request: object): void {
    if (!this.#active) return;
    this.#quiet = 0;
    this.#underWay.add(request);
  }

  /** The request is over, or parked by a fault, and no longer under way. */
  ended(request: object): void {
    this.#quiet = 0;
    if (this.#underWay.delete(request)) this.#wake();
  }

  resume(wait: number): void {
    this.#resumed.get(wait)?.();
    this.#resumed.delete(wait);
  }

  #wake(): void {
    if (this.#turning || !this.#active) return;
    this.#turning = true;
    setImmediate(() => void this.#turn());
  }

  async #turn(): Promise<void> {
    this.#turning = false;
    if (!this.#active || this.#underWay.size > 0) return;
    const busy = process.getActiveResourcesInfo().some((name) => SYSTEM_WORK.test(name));
    this.#quiet = busy ? 0 : this.#quiet + 1;
    if (this.#quiet >= QUIET_TURNS) {
      this.#quiet = 0;
      await this.#fireNext();
    }
    this.#wake();
  }

  async #fireNext(): Promise<void> {
    const at = this.#nextTimer();
    // With no timer nothing will ever happen again: the invocation ends at its deadline.
    if (at === undefined || at > this.clock.now) await this.#waitUntil(at);
    if (!this.#active || this.#nextTimer() !== at) return;
    try {
      this.clock.next();
    } catch (error) {
      this.#options.threw(error);
    }
  }

  #nextTimer(): number | undefined {
    let at: number | undefined;
    for (const { callAt } of (this.clock as unknown as Timers).timers?.values() ?? []) {
      if (at === undefined || callAt < at) at = callAt;
    }
    return at;
  }

  #waitUntil(until: number | undefined): Promise<void> {
    const wait = ++this.#waits;
    return new Promise((resolve) => {
      this.#resumed.set(wait, resolve);
      this.#options.waits(wait, until);
    });
  }
}

/** What the types of a clock leave out. */
interface Timers {
  readonly timers?: ReadonlyMap<unknown, { readonly callAt: number }>;
}
