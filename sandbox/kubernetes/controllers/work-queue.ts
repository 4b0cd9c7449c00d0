import type { Clock } from '../../clock.ts';

/** Keys waiting to be reconciled: a key waits once, at the earliest time asked for. */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #reconcile: (key: string) => void;
  readonly #waiting = new Map<string, { at: number; cancel: () => void }>();
  #stopped = false;

  constructor(clock: Clock, reconcile: (key: string) => void) {
    this.#clock = clock;
    this.#reconcile = reconcile;
  }

  /** Reconciles a key at `at` (epoch milliseconds), or as soon as possible. */
  add(key: string, at = this.#clock.now()): void {
    const waiting = this.#waiting.get(key);
    if (this.#stopped || (waiting !== undefined && waiting.at <= at)) return;
    waiting?.cancel();
    const cancel = this.#clock.schedule(at, () => {
      this.#waiting.delete(key);
      this.#reconcile(key);
    });
    this.#waiting.set(key, { at, cancel });
  }

  stop(): void {
    this.#stopped = true;
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}
