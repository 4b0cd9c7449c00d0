import { Agent, request } from 'undici';
import type { Clock } from '../../clock.ts';
import { CALLER_HEADER } from './weighted-proxy.ts';

/** Real milliseconds between looks at what is owed. */
const TICK = 10;
/** Requests under way at most: a sandbox that hangs is not to be buried. */
const MOST_IN_FLIGHT = 512;

/**
 * Steady requests through the proxy: `rps` a second of the sandbox's time, so 20 at scale 20 are 400 a real second. Each takes as
 * long as it takes: the clock is scaled, single requests are not.
 */
export class LoadGenerator {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #origin: string;
  readonly #callers: readonly string[];
  readonly #agent = new Agent({ connections: 256, pipelining: 1 });
  readonly #inFlight = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #last: number;
  #owed = 0;
  #sent = 0;
  #rps: number;

  constructor(options: {
    clock: Pick<Clock, 'now'>;
    origin: string;
    callers: readonly string[];
    rps: number;
  }) {
    this.#clock = options.clock;
    this.#origin = options.origin;
    this.#callers = options.callers;
    this.#rps = options.rps;
    this.#last = options.clock.now();
  }

  /** Changes the load from now on. */
  setRps(rps: number): void {
    this.#rps = rps;
  }

  start(): void {
    this.#last = this.#clock.now();
    this.#timer ??= setInterval(() => this.#tick(), TICK);
  }

  /** Sends no more, and waits for what is under way. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await Promise.race([
      Promise.all(this.#inFlight),
      new Promise((resolve) => setTimeout(resolve, 1_000).unref()),
    ]);
    await this.#agent.destroy();
  }

  #tick(): void {
    const now = this.#clock.now();
    this.#owed = Math.min(this.#owed + ((now - this.#last) / 1_000) * this.#rps, MOST_IN_FLIGHT);
    this.#last = now;
    while (this.#owed >= 1 && this.#inFlight.size < MOST_IN_FLIGHT) {
      this.#owed--;
      const sent = this.#send().finally(() => this.#inFlight.delete(sent));
      this.#inFlight.add(sent);
    }
  }

  async #send(): Promise<void> {
    const caller = this.#callers[this.#sent++ % this.#callers.length] ?? '';
    try {
      const { body } = await request(this.#origin, {
        headers: { [CALLER_HEADER]: caller },
        dispatcher: this.#agent,
      });
      await body.dump();
    } catch {
      // The proxy counts what clients see; a connection that it lost while closing is nobody's failure.
    }
  }
}
