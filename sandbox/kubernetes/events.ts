import type { Clock } from '../clock.ts';
import { type KubeEvent, type KubeObject, type Metadata, randomSuffix, timestamp } from './objects.ts';
import { EVENTS } from './resources.ts';
import type { Store } from './store.ts';

/** Events are kept for an hour (`--event-ttl`). */
const KEPT_MILLISECONDS = 3_600_000;

/** Writes what controllers tell people (`kubectl describe`, `kubectl get events`). A repeated event is counted up. */
export class EventRecorder {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #newest = new Map<string, KubeEvent>();

  constructor(store: Store, clock: Clock, random: () => number) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  record(
    about: KubeObject,
    component: string,
    type: KubeEvent['type'],
    reason: string,
    message: string,
  ): void {
    this.#forgetOld();
    const now = timestamp(this.#clock.now());
    const key = `${about.metadata.uid}/${reason}/${message}`;
    const known = this.#newest.get(key);
    const counted =
      known &&
      this.#store.change(EVENTS, known, (event) => {
        event.count++;
        event.lastTimestamp = now;
      });
    this.#newest.delete(key);
    this.#newest.set(key, counted ?? this.#create(about, component, { type, reason, message, now }));
  }

  /** The map is in order of the last time told, so the oldest stand first. */
  #forgetOld(): void {
    for (const [key, event] of this.#newest) {
      if (Date.parse(event.lastTimestamp) > this.#clock.now() - KEPT_MILLISECONDS) return;
      this.#newest.delete(key);
      const { namespace, name } = event.metadata;
      if (this.#store.get(EVENTS, namespace, name)) this.#store.remove(EVENTS, namespace, name);
    }
  }

  #create(
    about: KubeObject,
    component: string,
    text: { type: KubeEvent['type']; reason: string; message: string; now: string },
  ) {
    const { name, namespace = 'default', uid } = about.metadata;
    return this.#store.create(EVENTS, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${randomSuffix(this.#random, 10)}`, namespace } as Metadata,
      involvedObject: { kind: about.kind, namespace, name, uid, apiVersion: about.apiVersion },
      reason: text.reason,
      message: text.message,
      type: text.type,
      count: 1,
      firstTimestamp: text.now,
      lastTimestamp: text.now,
      source: { component },
    });
  }
}
