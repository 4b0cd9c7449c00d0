import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { Cancelled, StateFailure } from './failure.ts';

/** A Standard execution ends when it would write more events than this (Step Functions quotas). */
export const maximumEvents = 25_000;

/** Where one line of states stands in the history: the event that the next one names as its previous. */
export interface Chain {
  previous: number;
}

/** The `…EventDetails` field of an event and its content. */
export type Details = Partial<Omit<HistoryEvent, 'id' | 'type' | 'timestamp' | 'previousEventId'>>;

/** Input and output are never cut short here. */
export const whole = { truncated: false } as const;

/** What an execution did, in the events that GetExecutionHistory returns. */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;
  #closed = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Appends an event and moves the chain to it. Fails the execution when only its last event has room left. */
  add(type: HistoryEventType, chain: Chain, details: Details = {}): number {
    if (this.#closed) throw new Cancelled('The execution has ended.');
    if (this.events.length >= maximumEvents - 1) {
      throw new StateFailure(
        'States.Runtime',
        `The execution reached the maximum number of history events (${maximumEvents}).`,
      );
    }
    chain.previous = this.#append(type, chain.previous, details);
    return chain.previous;
  }

  /** Appends an event that the chain passes by: the one after it names the same previous event. */
  note(type: HistoryEventType, chain: Chain, details: Details = {}): void {
    this.add(type, { previous: chain.previous }, details);
  }

  /** Appends the last event of an execution, whatever the limit; nothing is recorded after it. */
  end(type: HistoryEventType, previous: number, details: Details): void {
    this.#append(type, previous, details);
    this.#closed = true;
  }

  /** Takes events again: the execution is redriven. */
  reopen(): void {
    this.#closed = false;
  }

  #append(type: HistoryEventType, previousEventId: number, details: Details): number {
    const id = this.events.length + 1;
    this.events.push({ timestamp: new Date(this.#now()), type, id, previousEventId, ...details });
    return id;
  }
}
