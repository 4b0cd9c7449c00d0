import type { Clock } from '../clock.ts';
import type { AlarmChange, AlarmStore } from './alarm-store.ts';

/** Evaluates the alarms as time goes on. */
export class AlarmWatch {
  readonly #clock: Clock;
  readonly #alarms: AlarmStore;
  readonly #onChange: (change: AlarmChange) => void;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(clock: Clock, alarms: AlarmStore, onChange: (change: AlarmChange) => void) {
    this.#clock = clock;
    this.#alarms = alarms;
    this.#onChange = onChange;
  }

  /** There is an alarm: from now on they are looked at, at the end of each period that one of them may have. */
  begin(): void {
    this.#cancel?.();
    if (this.#closed) return;
    const { interval } = this.#alarms;
    const next = (Math.floor(this.#clock.now() / interval) + 1) * interval;
    this.#cancel = this.#clock.schedule(next, () => {
      this.#alarms.evaluate().forEach(this.#onChange);
      if (this.#alarms.isEmpty) this.#cancel = undefined;
      else this.begin();
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }
}
